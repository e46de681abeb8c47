import { h, setAttribute } from "../core/dom";
import { said, type Language } from "../core/language";
import type { Say } from "../core/texts";
import type { Head } from "./picture";

/** Sides that are always a button; of checkpoints only the chosen ones are, the others stand in a list. */
const STEP = "step-";

/** Who answers: one button a side, pressed for those that are asked; one is pressed at least. */
export class SidesView {
  readonly element: HTMLElement;
  readonly #buttons = h("span", { class: "ft-row" });
  readonly #more: HTMLSelectElement;
  readonly #say: Say;
  readonly #language: Language;
  readonly #changed: () => void;
  #chosen: string[] = [];
  #shown = "";

  constructor(say: Say, language: Language, changed: () => void) {
    this.#say = say;
    this.#language = language;
    this.#changed = changed;
    this.#more = h("select", {
      class: "ft-field ft-field-quiet",
      "aria-label": say("chat_panel.checkpoint"),
    });
    this.#more.addEventListener("change", () => {
      const side = this.#more.value;
      if (side) this.#set([...this.#chosen, side]);
    });
    this.element = h(
      "div",
      { class: "ft-row ft-chat-sides", role: "group", "aria-label": say("chat_panel.answered_by") },
      h("span", { class: "ft-tiny ft-muted" }, say("chat_panel.answered_by")),
      this.#buttons,
      this.#more,
    );
  }

  /** The sides that are asked. */
  chosen(): readonly string[] {
    return this.#chosen;
  }

  update(head: Head): void {
    const key = JSON.stringify([head.sides, head.chosen, head.mostSides]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#chosen = [...head.chosen];
    this.#draw(head);
  }

  #draw(head: Head): void {
    const shown = head.sides.filter(
      (one) => !one.id.startsWith(STEP) || this.#chosen.includes(one.id),
    );
    const focused = this.#buttons.contains(document.activeElement)
      ? document.activeElement?.getAttribute("data-side")
      : null;
    this.#buttons.replaceChildren(
      ...shown.map(({ id, label }) => {
        const button = h(
          "button",
          {
            class: "ft-button ft-button-quiet ft-chat-side",
            type: "button",
            "data-side": id,
            "aria-pressed": String(this.#chosen.includes(id)),
          },
          said(label, this.#language),
        );
        button.addEventListener("click", () => this.#toggle(id));
        return button;
      }),
    );
    if (focused) this.#buttons.querySelector<HTMLElement>(`[data-side="${focused}"]`)?.focus();
    const rest = head.sides.filter((one) => !shown.includes(one));
    const full = this.#chosen.length >= head.mostSides;
    this.#more.hidden = rest.length === 0;
    this.#more.disabled = full;
    this.#more.replaceChildren(
      h("option", { value: "" }, this.#say("chat_panel.checkpoint")),
      ...rest.map(({ id, label }) => h("option", { value: id }, said(label, this.#language))),
    );
    for (const one of this.#buttons.querySelectorAll<HTMLButtonElement>("[aria-pressed=false]")) {
      one.disabled = full;
    }
  }

  #toggle(id: string): void {
    const without = this.#chosen.filter((one) => one !== id);
    if (without.length === this.#chosen.length) this.#set([...this.#chosen, id]);
    else if (without.length) this.#set(without);
  }

  #set(chosen: string[]): void {
    this.#chosen = chosen;
    this.#shown = "";
    for (const one of this.#buttons.querySelectorAll("button")) {
      setAttribute(one, "aria-pressed", String(chosen.includes(one.dataset.side ?? "")));
    }
    this.#changed();
  }
}
