/* The end of the log: what the libraries of the worker printed. */
import { copyButton } from "../../chat/buttons";
import { h, setText } from "../../core/dom";
import { dataSize } from "../../core/format";
import type { Say } from "../../core/texts";
import type { LogBody } from "../api/types";
import { Loaded, Regular } from "./loaded";
import { copyWords } from "./recipe_tab";
import type { Tab } from "./tabs";

/** Lines that are shown; the server gives at most a quarter of a megabyte. */
export const LINES = 1_000;
const EVERY = 2_000;

/** @param isLive whether more may come */
export function logTab(
  say: Say,
  ask: (lines: number, signal: AbortSignal) => Promise<LogBody>,
  isLive: () => boolean,
): Tab {
  const text = h("pre", {
    class: "ft-page-text ft-page-log",
    tabindex: 0,
    role: "log",
    "aria-live": "off",
    "aria-label": say("lab_page.log"),
  });
  const about = h("span", { class: "ft-small ft-muted" });
  const follow = h("input", { type: "checkbox", checked: true });
  const copy = copyButton(copyWords(say), () => text.textContent);
  const again = h("button", { class: "ft-button ft-button-quiet", type: "button" });
  setText(again, say("lab_page.refresh"));
  const toEnd = () => {
    if (follow.checked) text.scrollTop = text.scrollHeight;
  };
  follow.addEventListener("change", toEnd);
  // Who scrolls up reads; who comes back to the end wants to see what comes.
  text.addEventListener("scroll", () => {
    follow.checked = text.scrollTop + text.clientHeight >= text.scrollHeight - 24;
  });
  const content = h(
    "div",
    {},
    h(
      "div",
      { class: "ft-page-bar" },
      about,
      h(
        "span",
        { class: "ft-row" },
        h("label", { class: "ft-page-check ft-small" }, follow, say("lab_page.follow")),
        again,
        copy,
      ),
    ),
    text,
  );
  let bytes = -1;
  const draw = (log: LogBody) => {
    const follows = follow.checked;
    if (log.bytes !== bytes) setText(text, log.text);
    bytes = log.bytes;
    const size = dataSize(log.bytes);
    setText(
      about,
      log.bytes === 0
        ? say("lab_page.log_empty")
        : say(log.cut ? "lab_page.log_end" : "lab_page.log_whole", { size }),
    );
    follow.checked = follows;
    requestAnimationFrame(toEnd);
  };
  const loaded = new Loaded(say, content, (signal) => ask(LINES, signal), draw);
  const regular = new Regular(EVERY, () => (isLive() ? loaded.load() : Promise.resolve()));
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
