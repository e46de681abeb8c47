import { h, setText, show } from "../core/dom";
import type { Language } from "../core/language";
import type { Say } from "../core/texts";
import { button, Stepper, type Steps } from "./buttons";
import { isPlainEnter } from "./keys";
import type { Lines, Turn } from "./picture";
import type { Render } from "./prose";
import { ReplyView } from "./reply_view";
import { fault } from "./fault";

/** What a turn may ask for; `refused` is told why it was. */
export interface Wishes {
  edit(turn: string, text: string, refused: (lines: Lines | null) => void): void;
  again(turn: string): void;
  choose(id: string): void;
}

export interface Now {
  readonly busy: boolean;
  /** What goes on before the answer begins. */
  readonly doing: string;
  readonly render: Render | null;
}

/** What was said, and below it what was answered: one column a side. */
export class TurnView {
  readonly element: HTMLElement;
  readonly id: string;
  readonly #say: Say;
  readonly #language: Language;
  readonly #wishes: Wishes;
  readonly #text = h("div", { class: "ft-chat-plain" });
  readonly #question: HTMLElement;
  readonly #form = h("form", { class: "ft-chat-edit", hidden: true });
  readonly #area: HTMLTextAreaElement;
  readonly #wrong = h("div");
  readonly #edit: HTMLButtonElement;
  readonly #again: HTMLButtonElement;
  readonly #versions: Stepper;
  readonly #rounds: Stepper;
  readonly #replies = h("div", { class: "ft-chat-replies" });
  readonly #foot: HTMLElement;
  readonly #columns = new Map<string, ReplyView>();
  #order = "";

  constructor(turn: Turn, say: Say, language: Language, wishes: Wishes) {
    this.id = turn.id;
    this.#say = say;
    this.#language = language;
    this.#wishes = wishes;
    const steps: Steps = {
      earlier: say("chat_panel.earlier"),
      later: say("chat_panel.later"),
      at: (at, count) => say("chat_panel.version", { at, count }),
    };
    this.#versions = new Stepper(steps, (id) => wishes.choose(id));
    this.#rounds = new Stepper(steps, (id) => wishes.choose(id));
    this.#edit = button(
      say("chat_panel.edit"),
      () => this.#open(),
      say("chat_panel.edit_question"),
    );
    this.#again = button(say("chat_panel.again"), () => wishes.again(this.id));
    this.#area = h("textarea", {
      class: "ft-field",
      rows: 2,
      "aria-label": say("chat_panel.edit_question"),
    });
    this.#equipForm();
    this.#question = h(
      "div",
      { class: "ft-chat-question" },
      h(
        "div",
        { class: "ft-chat-reply-heading" },
        h("h4", { class: "ft-chat-label" }, say("chat_panel.you")),
        h("span", { class: "ft-chat-actions" }, this.#versions.element, this.#edit),
      ),
      this.#text,
      this.#form,
    );
    this.#foot = h("div", { class: "ft-chat-actions" }, this.#rounds.element, this.#again);
    this.element = h("div", { class: "ft-chat-turn" }, this.#question, this.#replies, this.#foot);
  }

  update(turn: Turn, now: Now): void {
    setText(this.#text, turn.text);
    this.#versions.update(turn.versions, turn.id, !now.busy);
    this.#rounds.update(turn.rounds, turn.round, !now.busy);
    this.#edit.disabled = now.busy;
    this.#again.disabled = now.busy;
    const failed = turn.replies.some((one) => one.state === "failed");
    setText(this.#again, this.#say(failed ? "chat_panel.try_again" : "chat_panel.again"));
    show(
      this.#foot,
      !turn.replies.some((one) => one.state === "writing" || one.state === "waiting"),
    );
    this.#arrange(turn);
    for (const reply of turn.replies) {
      this.#columns.get(reply.side)?.update(reply, now.doing, now.render);
    }
  }

  /** One column a side, in their order; made anew only where the sides are others. */
  #arrange(turn: Turn): void {
    const order = turn.replies.map((one) => one.side).join("\n");
    const key = `${turn.round ?? ""}\n${order}`;
    if (key === this.#order) return;
    this.#order = key;
    this.#columns.clear();
    for (const { side } of turn.replies) {
      this.#columns.set(side, new ReplyView(this.#say, this.#language));
    }
    this.#replies.replaceChildren(...[...this.#columns.values()].map((one) => one.element));
  }

  #equipForm(): void {
    const say = this.#say;
    const send = h(
      "button",
      { class: "ft-button ft-button-main", type: "submit" },
      say("chat_panel.ask_again"),
    );
    const cancel = h("button", { class: "ft-button", type: "button" }, say("chat_panel.cancel"));
    this.#form.append(
      this.#area,
      this.#wrong,
      h("div", { class: "ft-row ft-chat-edit-row" }, send, cancel),
    );
    cancel.addEventListener("click", () => this.#close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#area.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        this.#close();
      } else if (isPlainEnter(event)) {
        event.preventDefault();
        this.#send();
      }
    });
  }

  #open(): void {
    this.#area.value = this.#text.textContent;
    this.#area.rows = Math.min(12, this.#area.value.split("\n").length + 1);
    this.#wrong.replaceChildren();
    show(this.#text, false);
    show(this.#form, true);
    this.#area.focus();
  }

  #close(): void {
    show(this.#form, false);
    show(this.#text, true);
    this.#edit.focus();
  }

  #send(): void {
    this.#wishes.edit(this.id, this.#area.value, (lines) => {
      if (!lines) this.#close();
      else this.#wrong.replaceChildren(fault(lines, this.#language, true));
    });
  }
}
