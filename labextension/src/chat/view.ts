import { Announcer } from "../core/announcer";
import { Disposal, h, setAttribute, setText, show } from "../core/dom";
import { said, type Language } from "../core/language";
import { speaker, type Say, type Texts } from "../core/texts";
import { button } from "./buttons";
import { Composer } from "./composer";
import { Draft } from "./draft";
import { fault } from "./fault";
import { keepKeys } from "./keys";
import type { Head, Turn } from "./picture";
import { readRender, type Render } from "./prose";
import type { ChatSession, Outcome } from "./session";
import { SettingsView } from "./settings_view";
import { SidesView } from "./sides_view";
import { answerOf, split } from "./thinking";
import { TurnView, type Wishes } from "./turn_view";

/** Pixels from the end within which the conversation follows what is written. */
const NEAR = 40;
const SPOKEN = 300;

/** A chat panel: drawn from what its session knows, and nothing else but what is being typed. */
export class ChatView {
  readonly element: HTMLElement;
  readonly #session: ChatSession;
  readonly #say: Say;
  readonly #language: Language;
  readonly #until = new Disposal();
  readonly #title = h("h3", { class: "ft-name ft-chat-title" });
  readonly #known: HTMLSelectElement;
  readonly #clear: HTMLButtonElement;
  readonly #log: HTMLElement;
  readonly #empty = h("p", { class: "ft-chat-empty ft-muted" });
  readonly #problem = h("div");
  readonly #quiet = h("p", { class: "ft-note ft-chat-quiet", hidden: true });
  readonly #sources = h("div", { class: "ft-chat-sources ft-muted" });
  readonly #draft = new Draft();
  readonly #sides: SidesView;
  readonly #settings: SettingsView;
  readonly #composer: Composer;
  readonly #announcer: Announcer;
  readonly #turns = new Map<string, TurnView>();
  #render: Render | null = null;
  #wanted = false;
  #frame = 0;
  #conversations = "";
  #problemShown = "";
  #wasBusy = false;

  constructor(session: ChatSession, texts: Texts, language: Language) {
    const say = speaker(texts, language);
    this.#session = session;
    this.#say = say;
    this.#language = language;
    this.#known = h("select", {
      class: "ft-field ft-field-quiet ft-chat-known",
      "aria-label": say("chat_panel.open"),
    });
    this.#clear = button(
      say("chat_panel.clear"),
      () => this.#ask("clear"),
      say("chat_panel.clear_help"),
    );
    this.#log = h("div", {
      class: "ft-chat-log",
      role: "region",
      tabindex: 0,
      "aria-label": say("chat_panel.conversation"),
    });
    const changed = () => this.#askSo("set", {}, this.#explain);
    this.#sides = new SidesView(say, language, this.#draft, changed);
    this.#settings = new SettingsView(say, language, this.#draft, changed);
    this.#composer = new Composer(say, language, {
      ask: (text, then) => {
        this.#toEnd();
        this.#askSo("ask", { text }, then);
      },
      stop: () => this.#stop(),
    });
    const spoken = h("div", { class: "ft-spoken" });
    this.#announcer = new Announcer(spoken);
    this.element = h(
      "div",
      {
        class: "ftkernel ft-root ft-chat",
        role: "group",
        lang: language,
        // The notebook's own keys are for cells, not for what is inside a view.
        "data-lm-suppress-shortcuts": "true",
      },
      h(
        "div",
        { class: "ft-inner" },
        h(
          "div",
          { class: "ft-chat-heading" },
          this.#title,
          h("span", { class: "ft-chat-actions" }, this.#known, this.#clear),
        ),
        this.#log,
        this.#problem,
        this.#quiet,
        this.#composer.element,
        this.#sides.element,
        this.#sources,
        this.#settings.element,
        spoken,
      ),
    );
    this.#listen();
  }

  /** Draw now; the element must be in the page. */
  draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { head, turns } = this.#session.picture;
    this.#explainQuiet();
    if (!head) return;
    const atEnd = this.#isAtEnd();
    this.#drawHead(head);
    this.#drawTurns(head, turns);
    if (atEnd) this.#toEnd();
    this.#announce(head, turns);
  }

  dispose(): void {
    this.#until.dispose();
  }

  #listen(): void {
    keepKeys(this.element);
    this.#until.add(this.#session.subscribe(() => this.#later()));
    this.#until.add(() => cancelAnimationFrame(this.#frame));
    this.#until.add(() => this.#announcer.dispose());
    this.#until.listen(this.#known, "change", () => {
      const name = this.#known.value;
      if (name) this.#ask("open", { name });
    });
    this.#until.listen(this.element, "keydown", (event) => {
      const pressed = event as KeyboardEvent;
      if (pressed.key !== "Escape" || pressed.isComposing) return;
      if (this.#session.picture.head?.busy) this.#stop();
    });
    // What can be asked changes while nobody looks: checkpoints come, a run ends.
    this.#until.listen(this.#sides.element, "pointerenter", () => this.#look());
    this.#until.listen(this.#sides.element, "focusin", () => this.#look());
  }

  #later(): void {
    this.#frame ||= requestAnimationFrame(() => this.draw());
  }

  #drawHead(head: Head): void {
    const say = this.#say;
    const title = say("chat_panel.label", { name: head.name });
    setText(this.#title, title);
    setAttribute(this.element, "aria-label", title);
    this.#clear.disabled = head.busy || this.#session.picture.turns.length === 0;
    this.#drawKnown(head);
    this.#sides.update(head);
    this.#settings.update(head);
    this.#composer.update(head.busy);
    const lines = head.sources.map((one) => said(one, this.#language));
    if (this.#sources.textContent !== lines.join("")) {
      this.#sources.replaceChildren(...lines.map((line) => h("p", {}, line)));
    }
    const problem = JSON.stringify(head.problem);
    if (problem !== this.#problemShown) {
      this.#problemShown = problem;
      const shown = head.problem ? [fault(head.problem, this.#language, true)] : [];
      this.#problem.replaceChildren(...shown);
    }
  }

  #drawKnown(head: Head): void {
    const key = JSON.stringify(head.conversations);
    const open = head.conversations.some((one) => one.open);
    show(this.#known, head.conversations.length > (open ? 1 : 0));
    this.#known.disabled = head.busy;
    if (key === this.#conversations) return;
    this.#conversations = key;
    const options = head.conversations.map((one) => {
      const when = new Date(one.changed * 1000).toLocaleString(this.#language, {
        dateStyle: "short",
        timeStyle: "short",
      });
      const option = h("option", { value: one.name }, `${one.title} · ${when}`);
      option.selected = one.open;
      return option;
    });
    if (!open) options.unshift(h("option", { value: "" }, this.#say("chat_panel.open_none")));
    this.#known.replaceChildren(...options);
  }

  #drawTurns(head: Head, turns: readonly Turn[]): void {
    this.#wantMarkdown(turns);
    const now = {
      busy: head.busy,
      doing: said(head.doing, this.#language),
      render: this.#render,
    };
    const code = head.kept ? "chat_panel.empty" : "chat_panel.empty_unkept";
    setText(this.#empty, this.#say(code, { name: head.name }));
    const here = new Set(turns.map((one) => one.id));
    for (const [id, view] of this.#turns) {
      if (here.has(id)) continue;
      view.element.remove();
      this.#turns.delete(id);
    }
    const views = turns.map((turn) => {
      let view = this.#turns.get(turn.id);
      if (!view) {
        view = new TurnView(turn, this.#say, this.#language, this.#wishes());
        this.#turns.set(turn.id, view);
      }
      view.update(turn, now);
      return view.element;
    });
    const wanted = views.length ? views : [this.#empty];
    wanted.forEach((element, index) => {
      const there = this.#log.children[index];
      if (there !== element) this.#log.insertBefore(element, there ?? null);
    });
    while (this.#log.children.length > wanted.length) this.#log.lastElementChild?.remove();
  }

  #wishes(): Wishes {
    return {
      edit: (turn, text, refused) =>
        this.#askSo("edit", { turn, text }, (outcome) => refused(outcome?.lines ?? null)),
      again: (turn) => this.#askSo("again", { turn }, this.#explain),
      choose: (to) => this.#ask("choose", { to }),
    };
  }

  #choices(): { sides: readonly string[]; settings: unknown } {
    return { sides: this.#sides.chosen(), settings: this.#settings.values() };
  }

  /** Ask with the sides and the settings as they stand here, which the kernel keeps where it agrees. */
  #askSo(
    kind: string,
    fields: Readonly<Record<string, unknown>>,
    then: (outcome: Outcome) => void,
  ): void {
    const taken = this.#draft.taking();
    this.#session.request(kind, { ...fields, ...this.#choices() }, (outcome) => {
      if (!outcome) taken();
      this.#settings.explain(outcome?.fields ?? new Map());
      then(outcome);
    });
  }

  #explain = (outcome: Outcome): void => this.#composer.explain(outcome?.lines ?? null);

  #ask(kind: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#session.request(kind, fields, this.#explain);
  }

  #stop(): void {
    this.#ask("stop");
    this.#composer.focus();
  }

  #look(): void {
    if (!this.#session.picture.head?.busy) this.#session.request("look");
  }

  #wantMarkdown(turns: readonly Turn[]): void {
    if (this.#wanted || !turns.some((one) => one.replies.some((reply) => reply.text))) return;
    this.#wanted = true;
    this.#until.add(
      this.#session.needMarkdown((value) => {
        this.#render = readRender(value);
        this.#later();
      }),
    );
  }

  #explainQuiet(): void {
    const { quiet, picture } = this.#session;
    const loading = !picture.head && quiet === "";
    const code = loading ? "chat_panel.loading" : quiet ? `chat_panel.kernel_${quiet}` : "";
    setText(this.#quiet, code ? this.#say(code) : "");
    show(this.#quiet, code !== "");
  }

  #announce(head: Head, turns: readonly Turn[]): void {
    const last = turns.at(-1)?.replies ?? [];
    const writing = last.find((one) => one.state === "writing");
    if (head.busy && writing) {
      const side = said(writing.label, this.#language);
      this.#announcer.say(this.#say("chat_panel.writing", { side }));
    } else if (this.#wasBusy && !head.busy) {
      this.#announcer.say(last.map((one) => this.#spoken(one)).join(" "), true);
    }
    this.#wasBusy = head.busy;
  }

  #spoken(reply: Turn["replies"][number]): string {
    const side = said(reply.label, this.#language);
    if (reply.error) return `${side}: ${reply.error[this.#language === "zh" ? 1 : 0].join(" ")}`;
    const text = answerOf(split(reply.text, reply.inside, reply.thinking)).slice(0, SPOKEN);
    return this.#say("chat_panel.answered", { side, text });
  }

  #isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
  }
}
