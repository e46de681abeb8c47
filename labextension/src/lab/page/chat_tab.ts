/* The conversations with a run, to be read; a model's words are text or sanitized markdown, never HTML. */
import { copyButton } from "../../chat/buttons";
import { Prose, type Render } from "../../chat/prose";
import { answerOf, split } from "../../chat/thinking";
import { h, setText, show } from "../../core/dom";
import { count, duration } from "../../core/format";
import type { Say } from "../../core/texts";
import type { ChatBody, TalkHead, TalkReply, TalkTurn } from "../api/types";
import { Loaded, Regular } from "./loaded";
import { copyWords } from "./recipe_tab";
import type { Tab } from "./tabs";

/** Milliseconds between two looks at an answer that is being written. */
const EVERY = 2_000;

/** What "chat here" does: the line that opens the chat, and a way to put it into a notebook where one is open. */
export interface ChatHere {
  readonly line: () => string;
  /** Whether there was a notebook to put it into. */
  readonly insert: () => Promise<boolean>;
}

export function chatTab(
  say: Say,
  locale: string,
  ask: (name: string | undefined, signal: AbortSignal) => Promise<ChatBody>,
  here: ChatHere,
): Tab {
  const list = h("ul", { class: "ft-page-talks", "aria-label": say("lab_page.talks") });
  const turns = h("div", { class: "ft-page-turns" });
  const none = h("p", { class: "ft-muted" }, say("lab_page.no_talks"));
  const again = h("button", { class: "ft-button ft-button-quiet", type: "button" });
  setText(again, say("lab_page.refresh"));
  const columns = h("div", { class: "ft-page-chat" }, list, turns);
  const content = h("div", {}, chatHere(say, here, again), none, columns);
  let chosen: string | undefined;
  let render: Render | null = null;
  let shown = "";
  let isWriting = false;

  const head = (talk: TalkHead, now: string | null) => {
    const button = h(
      "button",
      { class: "ft-page-talk", type: "button", "aria-current": talk.name === now ? "true" : null },
      h("span", {}, talk.title || say("lab_page.untitled")),
      h(
        "span",
        { class: "ft-tiny ft-muted" },
        new Date(talk.changed * 1000).toLocaleString(locale),
      ),
    );
    button.addEventListener("click", () => {
      chosen = talk.name;
      loaded.stop();
      void loaded.load().then(() => {
        list.querySelector<HTMLElement>('[aria-current="true"]')?.focus();
      });
    });
    return h("li", {}, button);
  };
  const draw = (chat: ChatBody) => {
    chosen = chat.name ?? undefined;
    isWriting = chat.turns.some((turn) => turn.replies.some((one) => writes(one)));
    show(none, chat.talks.length === 0);
    show(columns, chat.talks.length > 0);
    const now = JSON.stringify(chat) + String(render !== null);
    if (now === shown) return;
    shown = now;
    list.replaceChildren(...chat.talks.map((talk) => head(talk, chat.name)));
    const open = [...turns.querySelectorAll("details")].map((one) => one.open);
    turns.replaceChildren(...chat.turns.map((turn) => turnOf(turn, say, render)));
    turns.querySelectorAll("details").forEach((one, index) => (one.open = open[index] ?? false));
  };
  const loaded = new Loaded(
    say,
    content,
    async (signal) => {
      const [chat, markdown] = await Promise.all([ask(chosen, signal), markdownOf()]);
      render = markdown;
      return chat;
    },
    draw,
  );
  const regular = new Regular(EVERY, () => (isWriting ? loaded.load() : Promise.resolve()));
  again.addEventListener("click", () => void loaded.load());
  return {
    element: loaded.element,
    look: (isSeen) => {
      if (isSeen) void loaded.load();
      regular.on = isSeen;
    },
    dispose: () => {
      regular.on = false;
      loaded.stop();
    },
  };
}

function writes({ state }: TalkReply): boolean {
  return state === "writing" || state === "waiting";
}

/** Loaded when a conversation is looked at; without it texts stand as they are. */
async function markdownOf(): Promise<Render | null> {
  try {
    return (await import("../../markdown")).render;
  } catch {
    return null;
  }
}

function chatHere(say: Say, { line, insert }: ChatHere, again: HTMLElement): HTMLElement {
  const told = h("span", { class: "ft-small", role: "status" });
  const button = h("button", { class: "ft-button ft-button-quiet", type: "button" });
  setText(button, say("lab_page.chat_insert"));
  button.addEventListener("click", () => {
    void insert().then((done) => {
      setText(told, say(done ? "lab_page.chat_inserted" : "lab_page.chat_no_notebook"));
    });
  });
  const buttons = h(
    "span",
    { class: "ft-row" },
    again,
    button,
    copyButton(copyWords(say), line, say("lab_page.chat_copy")),
  );
  const how = h("span", { class: "ft-small ft-muted" }, `${say("lab_page.chat_here")} `);
  return h(
    "div",
    { class: "ft-page-bar" },
    h("span", {}, how, h("code", { class: "ft-code" }, line()), " ", told),
    buttons,
  );
}

function turnOf({ text, replies }: TalkTurn, say: Say, render: Render | null): HTMLElement {
  return h(
    "div",
    { class: "ft-chat-turn" },
    h(
      "div",
      { class: "ft-chat-question" },
      h("h4", { class: "ft-chat-label" }, say("lab_page.you")),
      h("div", { class: "ft-chat-plain" }, text),
    ),
    h("div", { class: "ft-chat-replies" }, ...replies.map((reply) => replyOf(reply, say, render))),
  );
}

function replyOf(reply: TalkReply, say: Say, render: Render | null): HTMLElement {
  const parts = split(reply.text, false);
  const answer = answerOf(parts);
  const label = sideWords(reply.side, say);
  const facts = [
    reply.state === "done" ? "" : say(`lab_page.reply.${reply.state}`),
    reply.tokens === null ? "" : say("live.across.tokens_at", { count: count(reply.tokens) }),
    reply.seconds === null ? "" : duration(reply.seconds, say),
  ];
  const body = parts.map((part) => {
    if (part.thinking) {
      return h(
        "details",
        { class: "ft-chat-thinking" },
        h("summary", {}, say("lab_page.thinking")),
        h("div", { class: "ft-chat-prose ft-chat-plain" }, part.text),
      );
    }
    const prose = new Prose(copyWords(say));
    prose.update(part.text, render);
    return prose.element;
  });
  const side = reply.side.startsWith("step-") ? "step" : reply.side;
  return h(
    "div",
    { class: "ft-chat-reply", role: "group", "aria-label": label, "data-side": side },
    h(
      "div",
      { class: "ft-chat-reply-heading" },
      h("h4", { class: "ft-chat-label" }, label),
      answer !== "" && copyButton(copyWords(say), () => answer),
    ),
    ...(body.length ? body : [h("p", { class: "ft-muted" }, say("lab_page.no_answer"))]),
    h("p", { class: "ft-chat-facts ft-muted" }, facts.filter(Boolean).join(" · ")),
  );
}

const SIDES: ReadonlySet<string> = new Set(["tuned", "base", "now"]);

function sideWords(side: string, say: Say): string {
  if (SIDES.has(side)) return say(`lab_page.side.${side}`);
  const step = /^step-(\d+)$/.exec(side)?.[1];
  if (step) return say("views.step", { step: count(Number(step)) });
  return side || say("lab_page.side.none");
}
