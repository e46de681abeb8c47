import { h, setAttribute, setText, show } from "../core/dom";
import type { Language } from "../core/language";
import type { Say } from "../core/texts";
import { button } from "./buttons";
import type { Draft } from "./draft";
import type { Head, Lines, Values } from "./picture";

const NUMBERS = [
  "temperature",
  "top_p",
  "top_k",
  "max_new_tokens",
  "repetition_penalty",
  "seed",
] as const;

type NumberName = (typeof NUMBERS)[number];
type Field = HTMLInputElement | HTMLTextAreaElement;

/** 1,000 is a thousand to some and one to others. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

/** What somebody typed: a number, or the text as it is, which the kernel then refuses with a reason. */
export function readNumber(text: string): number | string | null {
  const typed = text.trim();
  if (typed === "") return null;
  if (GROUPED.test(typed)) return typed;
  const plain = typed.replace(",", ".");
  const number = Number(plain);
  const isExact = Number.isSafeInteger(number) || !/^[+-]?\d+$/.test(plain);
  return Number.isFinite(number) && isExact ? number : typed;
}

/** How answers are drawn: each field empty for what the recipe says, which stands there in grey. */
export class SettingsView {
  readonly element: HTMLElement;
  readonly #system: HTMLTextAreaElement;
  readonly #stops: HTMLTextAreaElement;
  readonly #numbers = new Map<NumberName, HTMLInputElement>();
  /** By the setting: why what stands in its field was refused; hidden where it was not. */
  readonly #wrong = new Map<string, HTMLElement>();
  readonly #language: Language;
  #shown = "";
  readonly #draft: Draft;

  constructor(say: Say, language: Language, draft: Draft, changed: () => void) {
    this.#language = language;
    this.#draft = draft;
    this.#system = h("textarea", { class: "ft-field", rows: 2 });
    this.#stops = h("textarea", { class: "ft-field", rows: 2, spellcheck: "false" });
    const label = (name: string, field: HTMLElement, code = `chat_panel.${name}`, wide = false) => {
      const wrong = h("span", { class: "ft-wrong", hidden: true });
      this.#wrong.set(name, wrong);
      return h(
        "label",
        { class: `ft-label${wide ? " ft-label-wide" : ""}` },
        say(code),
        field,
        wrong,
      );
    };
    const numbers = NUMBERS.map((name) => {
      const field = h("input", {
        class: "ft-field",
        type: "text",
        inputmode: "decimal",
        autocomplete: "off",
        size: 8,
      });
      this.#numbers.set(name, field);
      return label(name, field);
    });
    const reset = button(say("chat_panel.reset"), () => {
      for (const [, field] of this.#fields()) field.value = "";
      draft.change();
      this.explain(new Map());
      changed();
    });
    for (const [name, field] of this.#fields()) {
      field.addEventListener("input", () => {
        draft.change();
        this.#mark(name, field, undefined);
      });
      field.addEventListener("change", changed);
    }
    this.element = h(
      "details",
      { class: "ft-section ft-chat-settings" },
      h("summary", {}, say("chat_panel.settings")),
      h(
        "div",
        { class: "ft-form" },
        label("system", this.#system, "chat_panel.system", true),
        label("stop", this.#stops, "chat_panel.stops", true),
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

  /** Say at each field why what stands there was refused, by the names of the settings. */
  explain(wrong: ReadonlyMap<string, Lines>): void {
    for (const [name, field] of this.#fields()) this.#mark(name, field, wrong.get(name));
  }

  #mark(name: string, field: Field, lines: Lines | undefined): void {
    const place = this.#wrong.get(name);
    if (!place) return;
    setAttribute(field, "aria-invalid", lines ? "true" : null);
    setText(place, lines?.[this.#language === "zh" ? 1 : 0][0] ?? "");
    show(place, lines !== undefined);
  }

  /** Show the kernel's settings, but never under somebody's hands, nor in place of what it does not have yet. */
  update(head: Head): void {
    for (const [name, field] of this.#numbers) {
      setAttribute(field, "placeholder", plain(head.defaults[name]));
    }
    setAttribute(this.#system, "placeholder", plain(head.defaults.system) || "—");
    const key = JSON.stringify(head.settings);
    if (key === this.#shown || !this.#draft.isTaken) return;
    if (this.element.contains(document.activeElement)) return;
    this.#shown = key;
    const { system, stop } = head.settings;
    this.#system.value = plain(system);
    this.#stops.value = Array.isArray(stop) ? stop.map(plain).join("\n") : plain(stop);
    for (const [name, field] of this.#numbers) field.value = plain(head.settings[name]);
  }

  #fields(): [string, Field][] {
    return [["system", this.#system], ["stop", this.#stops], ...this.#numbers];
  }
}

function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
