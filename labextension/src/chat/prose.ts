import { h, setText } from "../core/dom";
import { copyButton, type CopyWords } from "./buttons";

/** Turns markdown into elements that are safe to show; there once its script is loaded. */
export type Render = (text: string) => DocumentFragment;

/** What the loaded script gave, if it is what we know. */
export function readRender(value: unknown): Render | null {
  if (typeof value !== "object" || value === null || !("render" in value)) return null;
  return typeof value.render === "function" ? (value.render as Render) : null;
}

/** Whether a text says more as markdown than as it stands. */
const MARKED = /[*_`#>|~\\]|\]\(|https?:|^\s*(?:[-+]|\d+[.)])\s/m;

/** A text of a model: as it stands until markdown can be shown, and wherever that would be the same. */
export class Prose {
  readonly element = h("div", { class: "ft-chat-prose" });
  #text: string | null = null;
  #by: Render | null = null;
  readonly #words: CopyWords;

  constructor(words: CopyWords) {
    this.#words = words;
  }

  update(text: string, render: Render | null): void {
    const by = MARKED.test(text) ? render : null;
    if (text === this.#text && by === this.#by) return;
    this.#text = text;
    this.#by = by;
    this.element.classList.toggle("ft-chat-plain", by === null);
    if (by === null) {
      setText(this.element, text);
      return;
    }
    const fragment = by(text);
    for (const block of fragment.querySelectorAll("pre")) this.#equip(block);
    for (const table of fragment.querySelectorAll("table")) scroller(table);
    this.element.replaceChildren(fragment);
  }

  /** Code gets a button that copies it, and a scroll bar of its own. */
  #equip(block: HTMLElement): void {
    const code = block.textContent;
    const frame = h("div", { class: "ft-chat-code" });
    block.replaceWith(frame);
    block.tabIndex = 0;
    frame.append(
      copyButton(this.#words, () => code),
      block,
    );
  }
}

function scroller(table: HTMLElement): void {
  const frame = h("div", { class: "ft-chat-table", tabindex: 0 });
  table.replaceWith(frame);
  frame.append(table);
}
