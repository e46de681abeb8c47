import { h, setText, show } from "../core/dom";
import type { Language } from "../core/language";
import type { Say } from "../core/texts";
import { fault } from "./fault";
import { isPlainEnter } from "./keys";
import type { Lines } from "./picture";
import type { Outcome } from "./session";

/** What the composer asks for; `then` is told what became of the question. */
export interface Composing {
  ask(text: string, then: (outcome: Outcome) => void): void;
  stop(): void;
}

/** Where a question is written. What was typed stays there until the kernel has taken it. */
export class Composer {
  readonly element: HTMLFormElement;
  readonly #area: HTMLTextAreaElement;
  readonly #button: HTMLButtonElement;
  readonly #wrong = h("div");
  readonly #say: Say;
  readonly #language: Language;
  readonly #do: Composing;
  #busy = false;

  constructor(say: Say, language: Language, composing: Composing) {
    this.#say = say;
    this.#language = language;
    this.#do = composing;
    this.#area = h("textarea", {
      class: "ft-field ft-chat-input",
      rows: 2,
      placeholder: say("chat_panel.placeholder"),
      "aria-label": say("chat_panel.question"),
    });
    this.#button = h("button", { class: "ft-button ft-button-main", type: "submit" });
    this.element = h(
      "form",
      { class: "ft-chat-composer" },
      this.#wrong,
      h("div", { class: "ft-chat-composer-row" }, this.#area, this.#button),
    );
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#busy) composing.stop();
      else this.#send();
    });
    this.#area.addEventListener("keydown", (event) => {
      if (!isPlainEnter(event)) return;
      event.preventDefault();
      if (!this.#busy) this.#send();
    });
    this.#area.addEventListener("input", () => this.#fit());
  }

  update(busy: boolean): void {
    this.#busy = busy;
    setText(this.#button, this.#say(busy ? "chat_panel.stop" : "chat_panel.send"));
  }

  /** Say why something was refused, near to where it was typed. */
  explain(lines: Lines | null): void {
    this.#wrong.replaceChildren(...(lines ? [fault(lines, this.#language, true)] : []));
    show(this.#wrong, lines !== null);
  }

  focus(): void {
    this.#area.focus();
  }

  #send(): void {
    const text = this.#area.value;
    this.#do.ask(text, (outcome) => {
      this.explain(outcome?.lines ?? null);
      if (outcome || this.#area.value !== text) return;
      this.#area.value = "";
      this.#fit();
    });
  }

  /** As high as what stands in it, up to a limit that the style sheet sets. */
  #fit(): void {
    this.#area.style.height = "auto";
    this.#area.style.height = `${String(this.#area.scrollHeight + 2)}px`;
  }
}
