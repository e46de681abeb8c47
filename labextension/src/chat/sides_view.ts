import { h, setAttribute, setText } from "../core/dom";
import { said, type Language } from "../core/language";
import type { Say } from "../core/texts";
import type { Draft } from "./draft";
import type { Head } from "./picture";

/** Sides that are always a button; of checkpoints only the chosen ones are, the others stand in a list. */
const STEP = "step-";

/** Who answers: one button a side, pressed for those that are asked; one is pressed at least. */
export class SidesView {
  readonly element: HTMLElement;
  readonly #buttons = h("span", { class: "ft-row" });
  readonly #sides = new Map<string, HTMLButtonElement>();
  readonly #more: HTMLSelectElement;
  readonly #say: Say;
  readonly #language: Language;
  readonly #draft: Draft;
  readonly #changed: () => void;
  #chosen: string[] = [];
  #shown = "";

  constructor(say: Say, language: Language, draft: Draft, changed: () => void) {
    this.#say = say;
    this.#language = language;
    this.#draft = draft;
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

  /** Show the kernel's sides; chosen are those of this page as long as the kernel does not have them yet. */
  update(head: Head): void {
    const there = this.#chosen.filter((id) => head.sides.some((one) => one.id === id));
    const chosen = this.#draft.isTaken || !there.length ? head.chosen : there;
    const key = JSON.stringify([head.sides, chosen, head.mostSides]);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#chosen = [...chosen];
    this.#draw(head);
  }

  #draw(head: Head): void {
    const shown = head.sides.filter(
      (one) => !one.id.startsWith(STEP) || this.#chosen.includes(one.id),
    );
    this.#keepButtons(shown);
    const rest = head.sides.filter((one) => !shown.includes(one));
    const full = this.#chosen.length >= head.mostSides;
    this.#more.hidden = rest.length === 0;
    this.#more.disabled = full;
    this.#more.replaceChildren(
      h("option", { value: "" }, this.#say("chat_panel.checkpoint")),
      ...rest.map(({ id, label }) => h("option", { value: id }, said(label, this.#language))),
    );
    for (const { id } of shown) {
      const one = this.#sides.get(id);
      if (one) one.disabled = full && !this.#chosen.includes(id);
    }
  }

  /** A button a side. One that is there stays: somebody may be pressing it at this moment. */
  #keepButtons(shown: Head["sides"]): void {
    for (const [id, button] of this.#sides) {
      if (shown.some((one) => one.id === id)) continue;
      button.remove();
      this.#sides.delete(id);
    }
    shown.forEach(({ id, label }, index) => {
      const button = this.#sides.get(id) ?? this.#button(id);
      this.#sides.set(id, button);
      setText(button, said(label, this.#language));
      setAttribute(button, "aria-pressed", String(this.#chosen.includes(id)));
      const there = this.#buttons.children[index];
      if (there !== button) this.#buttons.insertBefore(button, there ?? null);
    });
  }

  #button(id: string): HTMLButtonElement {
    const button = h("button", {
      class: "ft-button ft-button-quiet ft-chat-side",
      type: "button",
      "data-side": id,
    });
    button.addEventListener("click", () => this.#toggle(id));
    return button;
  }

  #toggle(id: string): void {
    const without = this.#chosen.filter((one) => one !== id);
    if (without.length === this.#chosen.length) this.#set([...this.#chosen, id]);
    else if (without.length) this.#set(without);
  }

  #set(chosen: string[]): void {
    this.#chosen = chosen;
    this.#shown = "";
    this.#draft.change();
    for (const one of this.#buttons.querySelectorAll("button")) {
      setAttribute(one, "aria-pressed", String(chosen.includes(one.dataset.side ?? "")));
    }
    this.#changed();
  }
}
