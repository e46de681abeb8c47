import { h } from "../core/dom";
import type { Language } from "../core/language";
import type { Lines } from "./picture";

/** An error where it belongs: what happened, and below it what to do. */
export function fault(lines: Lines, language: Language, urgent = false): HTMLElement {
  const [first = "", ...rest] = lines[language === "zh" ? 1 : 0];
  return h(
    "div",
    { class: "ft-error ft-small", role: urgent ? "alert" : "note" },
    h("div", {}, first),
    ...rest.map((line) => h("div", {}, line.trim())),
  );
}
