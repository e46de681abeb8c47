import type { Command, Stage } from "./commands";
import { h, setAttribute, setText, show, type Disposal } from "./dom";
import { said, type Language } from "./language";
import type { Session } from "./session";
import type { Say } from "./texts";
import { COMMANDS, type CommandName, type View } from "./wire";

const SIGNS: Readonly<Record<CommandName, string>> = {
  stop: "■",
  save: "⤓",
  evaluate: "◇",
  sample: "✎",
  set: "⚙",
};

const STAGE_SIGNS: Readonly<Record<Stage, string>> = {
  asked: "…",
  sent: "…",
  confirmed: "✓",
  refused: "✕",
  unanswered: "✕",
};

/** Milliseconds that the good end of a command stays to be read. */
const STAYS = 60_000;

/** The buttons of a run, the two forms that some of them open, and what became of each press. */
export class Controls {
  /** The buttons, in a row. */
  readonly row: HTMLElement;
  /** What they open, and what is answered. */
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #say: Say;
  readonly #language: Language;
  readonly #buttons = new Map<CommandName, HTMLButtonElement>();
  readonly #why = h("p", { class: "ft-reply ft-muted", hidden: true });
  readonly #replies = h("div", { class: "ft-replies" });
  readonly #prompt: HTMLTextAreaElement;
  readonly #key: HTMLSelectElement;
  readonly #value: HTMLInputElement;
  readonly #forms: Readonly<Partial<Record<CommandName, HTMLFormElement>>>;
  #keys = "";

  constructor(session: Session, say: Say, language: Language, until: Disposal) {
    this.#session = session;
    this.#say = say;
    this.#language = language;
    this.#why.id = unique("why");
    this.row = h("div", { class: "ft-row", role: "group", "aria-label": say("live.do.label") });
    for (const what of COMMANDS) {
      const sign = h("span", { class: "ft-sign", "aria-hidden": "true" }, SIGNS[what]);
      const title = say(`live.do.${what}_help`);
      const button = h(
        "button",
        { class: "ft-button", type: "button", title },
        sign,
        say(`live.do.${what}`),
      );
      this.#buttons.set(what, button);
      this.row.append(button);
      until.listen(button, "click", () => this.#press(what));
    }
    this.#prompt = h("textarea", { class: "ft-field", rows: 2, maxlength: 8000 });
    this.#key = h("select", { class: "ft-field" });
    this.#value = h("input", {
      class: "ft-field",
      type: "text",
      size: 12,
      spellcheck: "false",
      autocomplete: "off",
    });
    this.#forms = {
      sample: this.#form(
        "sample",
        until,
        h("label", { class: "ft-label ft-label-wide" }, say("live.form.prompt"), this.#prompt),
      ),
      set: this.#form(
        "set",
        until,
        h("label", { class: "ft-label" }, say("live.form.key"), this.#key),
        h("label", { class: "ft-label" }, say("live.form.value"), this.#value),
      ),
    };
    until.listen(this.#key, "change", () => this.#showValue());
    until.listen(this.#prompt, "keydown", (event) => {
      const { key, ctrlKey, metaKey } = event as KeyboardEvent;
      if (key === "Enter" && (ctrlKey || metaKey)) this.#forms.sample?.requestSubmit();
    });
    this.element = h("div", {}, ...Object.values(this.#forms), this.#why, this.#replies);
  }

  update(view: View): void {
    const over = !view.live || this.#session.gone !== null;
    const isDeaf = this.#session.busy || this.#session.silent;
    show(this.row, !over);
    for (const [what, button] of this.#buttons) {
      const offered = view.can[what] === true || this.#session.commands.isPending(what);
      show(button, offered);
      const disabled = over || isDeaf || this.#session.commands.isPending(what);
      // Not `disabled`: it must stay where the keyboard is, and say why.
      setAttribute(button, "aria-disabled", disabled ? "true" : null);
      setAttribute(button, "aria-describedby", this.#session.busy ? this.#why.id : null);
      const form = this.#forms[what];
      if (form) {
        if (over || !offered) this.#open(what, false);
        setAttribute(button, "aria-expanded", String(!form.hidden));
      }
    }
    show(this.#why, this.#session.busy && !over);
    if (this.#session.busy) setText(this.#why, this.#say("live.busy"));
    this.#offer(view);
    this.#reply();
  }

  #press(what: CommandName): void {
    if (this.#buttons.get(what)?.getAttribute("aria-disabled") === "true") return;
    const form = this.#forms[what];
    if (!form) {
      this.#session.do(what);
      return;
    }
    const opened = form.hidden;
    for (const other of Object.keys(this.#forms)) this.#open(other as CommandName, false);
    this.#open(what, opened);
    if (opened) (what === "sample" ? this.#prompt : this.#key).focus();
  }

  #open(what: CommandName, opened: boolean): void {
    const form = this.#forms[what];
    const button = this.#buttons.get(what);
    if (!form || !button || form.hidden !== opened) return;
    if (!opened && form.contains(document.activeElement)) button.focus();
    show(form, opened);
    setAttribute(button, "aria-expanded", String(opened));
    if (opened && what === "set") this.#showValue();
  }

  #form(what: CommandName, until: Disposal, ...fields: HTMLElement[]): HTMLFormElement {
    const label = this.#say(`live.do.${what}`);
    const send = h(
      "button",
      { class: "ft-button ft-button-main", type: "submit" },
      this.#say("live.form.send"),
    );
    const form = h(
      "form",
      { class: "ft-form", hidden: true, "aria-label": label },
      ...fields,
      send,
    );
    until.listen(form, "submit", (event) => {
      event.preventDefault();
      this.#submit(what);
    });
    until.listen(form, "keydown", (event) => {
      // The notebook around has keys of its own, and must not take what is typed here.
      event.stopPropagation();
      if ((event as KeyboardEvent).key === "Escape") this.#open(what, false);
    });
    return form;
  }

  #submit(what: CommandName): void {
    if (this.#session.busy || this.#session.silent) return;
    const params =
      what === "sample"
        ? { prompt: this.#prompt.value }
        : { key: this.#key.value, value: this.#value.value.trim() };
    if (Object.values(params).some((value) => value.trim() === "")) {
      (what === "sample" ? this.#prompt : this.#value).focus();
      return;
    }
    if (this.#session.do(what, params)) this.#open(what, false);
  }

  /** The keys that can be set, and their values now, which are written anew only while nobody types. */
  #offer(view: View): void {
    const keys = view.settable.map((one) => one.key).join("\n");
    if (keys === this.#keys) return;
    this.#keys = keys;
    const before = this.#key.value;
    this.#key.replaceChildren(...view.settable.map(({ key }) => h("option", { value: key }, key)));
    if (keys.split("\n").includes(before)) this.#key.value = before;
  }

  #showValue(): void {
    const settable = this.#session.store.view?.settable ?? [];
    this.#value.value = settable.find((one) => one.key === this.#key.value)?.value ?? "";
    this.#value.select();
  }

  /** What became of the commands of this page, a line each. */
  #reply(): void {
    const lines = this.#session.commands
      .all()
      .filter((one) => one.stage !== "confirmed" || Date.now() - one.settled < STAYS)
      .map((one) => this.replyTo(one));
    const old = [...this.#replies.children].map((one) => one.textContent);
    if (lines.join("\n") === old.join("\n")) return;
    this.#replies.replaceChildren(...lines.map((line) => h("p", { class: "ft-reply" }, line)));
  }

  /** A command and how far it is, in words. */
  replyTo(command: Command): string {
    const { key, value } = command.params;
    const what = this.#say(`live.do.${command.what}`);
    const isSet = command.what === "set" && command.stage === "confirmed";
    const name = isSet ? `${what} ${String(key)} = ${String(value)}` : what;
    const text = said(command.text, this.#language);
    const stage = this.#say(`live.command.${command.stage}`);
    const words = this.#say("live.mark.of", { name, detail: text || stage });
    return `${STAGE_SIGNS[command.stage]} ${words}`;
  }
}

let numbered = 0;

/** An id that no other element has. */
function unique(name: string): string {
  return `ft-${name}-${++numbered}-${Math.random().toString(36).slice(2, 8)}`;
}
