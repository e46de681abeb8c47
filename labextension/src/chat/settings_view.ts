import { h, setAttribute } from "../core/dom";
import type { Say } from "../core/texts";
import { button } from "./buttons";
import type { Head, Values } from "./picture";

const NUMBERS = [
  "temperature",
  "top_p",
  "top_k",
  "max_new_tokens",
  "repetition_penalty",
  "seed",
] as const;

type NumberName = (typeof NUMBERS)[number];

/** What somebody typed: a number, or the text as it is, which the kernel then refuses with a reason. */
export function readNumber(text: string): number | string | null {
  const plain = text.trim().replace(",", ".");
  if (plain === "") return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : text.trim();
}

/** How answers are drawn: each field empty for what the recipe says, which stands there in grey. */
export class SettingsView {
  readonly element: HTMLElement;
  readonly #system: HTMLTextAreaElement;
  readonly #stops: HTMLTextAreaElement;
  readonly #numbers = new Map<NumberName, HTMLInputElement>();
  #shown = "";

  constructor(say: Say, changed: () => void) {
    this.#system = h("textarea", { class: "ft-field", rows: 2 });
    this.#stops = h("textarea", { class: "ft-field", rows: 2, spellcheck: "false" });
    const label = (code: string, field: HTMLElement, wide = false) =>
      h("label", { class: wide ? "ft-label ft-label-wide" : "ft-label" }, say(code), field);
    const numbers = NUMBERS.map((name) => {
      const field = h("input", {
        class: "ft-field",
        type: "text",
        inputmode: "decimal",
        autocomplete: "off",
        size: 8,
      });
      this.#numbers.set(name, field);
      return label(`chat_panel.${name}`, field);
    });
    const reset = button(say("chat_panel.reset"), () => {
      for (const field of this.#fields()) field.value = "";
      changed();
    });
    for (const field of this.#fields()) field.addEventListener("change", changed);
    this.element = h(
      "details",
      { class: "ft-section ft-chat-settings" },
      h("summary", {}, say("chat_panel.settings")),
      h(
        "div",
        { class: "ft-form" },
        label("chat_panel.system", this.#system, true),
        label("chat_panel.stops", this.#stops, true),
        ...numbers,
        reset,
      ),
      h("p", { class: "ft-chat-help ft-muted" }, say("chat_panel.settings_help")),
    );
  }

  /** The settings as they stand here. */
  values(): Values {
    const out: Record<string, unknown> = {};
    if (this.#system.value.trim()) out.system = this.#system.value;
    const stops = this.#stops.value.split("\n").filter((line) => line !== "");
    if (stops.length) out.stop = stops;
    for (const [name, field] of this.#numbers) {
      const value = readNumber(field.value);
      if (value !== null) out[name] = value;
    }
    return out;
  }

  /** Show the kernel's settings, but never under somebody's hands. */
  update(head: Head): void {
    for (const [name, field] of this.#numbers) {
      setAttribute(field, "placeholder", plain(head.defaults[name]));
    }
    setAttribute(this.#system, "placeholder", plain(head.defaults.system) || "—");
    const key = JSON.stringify(head.settings);
    if (key === this.#shown || this.element.contains(document.activeElement)) return;
    this.#shown = key;
    const { system, stop } = head.settings;
    this.#system.value = plain(system);
    this.#stops.value = Array.isArray(stop) ? stop.map(plain).join("\n") : plain(stop);
    for (const [name, field] of this.#numbers) field.value = plain(head.settings[name]);
  }

  #fields(): (HTMLInputElement | HTMLTextAreaElement)[] {
    return [this.#system, this.#stops, ...this.#numbers.values()];
  }
}

function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
