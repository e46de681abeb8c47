import { h, setAttribute, setText, show } from "../core/dom";
import { said, type Language } from "../core/language";
import type { Say } from "../core/texts";
import { copyButton, type CopyWords } from "./buttons";
import { fault } from "./fault";
import type { Lines, Reply } from "./picture";
import { Prose, type Render } from "./prose";
import { answerOf, split } from "./thinking";

export function copyWords(say: Say, copy = "chat_panel.copy"): CopyWords {
  return {
    copy: say(copy),
    copied: say("chat_panel.copied"),
    failed: say("chat_panel.copy_failed"),
  };
}

/** Thinking, folded; it stays as the reader left it while more of it comes. */
class Thinking {
  readonly element: HTMLElement;
  readonly #summary = h("summary", {});
  readonly #text = h("div", { class: "ft-chat-prose ft-chat-plain" });
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
    this.element = h("details", { class: "ft-chat-thinking" }, this.#summary, this.#text);
  }

  update(text: string, goesOn: boolean): void {
    setText(this.#summary, this.#say(goesOn ? "chat_panel.thinking_now" : "chat_panel.thinking"));
    setText(this.#text, text);
  }
}

/** One side's answer: a column. */
export class ReplyView {
  readonly element: HTMLElement;
  readonly #language: Language;
  readonly #say: Say;
  readonly #label = h("h4", { class: "ft-chat-label" });
  readonly #body = h("div");
  readonly #doing = h("p", { class: "ft-chat-doing ft-muted", hidden: true });
  readonly #fault = h("div");
  readonly #facts = h("p", { class: "ft-chat-facts ft-muted" });
  readonly #copy: HTMLButtonElement;
  readonly #parts: (Thinking | Prose)[] = [];
  #lines: Lines | null = null;
  #answer = "";

  constructor(say: Say, language: Language) {
    this.#say = say;
    this.#language = language;
    this.#copy = copyButton(copyWords(say), () => this.#answer);
    const heading = h("div", { class: "ft-chat-reply-heading" }, this.#label, this.#copy);
    this.element = h(
      "div",
      { class: "ft-chat-reply", role: "group" },
      heading,
      this.#body,
      this.#doing,
      this.#fault,
      this.#facts,
    );
  }

  update(reply: Reply, doing: string, render: Render | null): void {
    const say = this.#say;
    const writing = reply.state === "writing";
    const label = said(reply.label, this.#language);
    setText(this.#label, label);
    setAttribute(this.element, "aria-label", label);
    setAttribute(this.element, "data-side", reply.side.startsWith("step-") ? "step" : reply.side);
    setAttribute(this.element, "aria-busy", writing ? "true" : null);
    this.#draw(reply, render);
    const waiting = writing || reply.state === "waiting";
    const empty = reply.text === "" && !waiting && !reply.error;
    const word = empty
      ? say(reply.state === "stopped" ? "chat_panel.stopped_before" : "chat_panel.no_answer")
      : writing && reply.text === ""
        ? doing || say("chat_panel.waiting")
        : "";
    setText(this.#doing, word);
    show(this.#doing, word !== "");
    this.element.classList.toggle("ft-chat-writing", writing && reply.text !== "");
    this.#explain(reply.error);
    const facts = [...reply.facts, ...reply.notes].map((one) => said(one, this.#language));
    setText(this.#facts, facts.join(" · "));
    show(this.#facts, facts.length > 0);
    show(this.#copy, this.#answer !== "" && !waiting);
  }

  #draw(reply: Reply, render: Render | null): void {
    const parts = split(reply.text, reply.inside, reply.thinking);
    this.#answer = answerOf(parts);
    parts.forEach((part, index) => {
      let view = this.#parts[index];
      if (!view || view instanceof Thinking !== part.thinking) {
        view = part.thinking
          ? new Thinking(this.#say)
          : new Prose(copyWords(this.#say, "chat_panel.copy_code"));
        this.#cut(index);
        this.#parts.push(view);
        this.#body.append(view.element);
      }
      if (view instanceof Thinking) view.update(part.text, part.open && reply.state === "writing");
      else view.update(part.text, render);
    });
    this.#cut(parts.length);
  }

  #cut(length: number): void {
    for (const gone of this.#parts.splice(length)) gone.element.remove();
  }

  #explain(lines: Lines | null): void {
    if (String(lines) === String(this.#lines)) return;
    this.#lines = lines;
    this.#fault.replaceChildren(...(lines ? [fault(lines, this.#language)] : []));
  }
}
