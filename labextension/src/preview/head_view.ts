import { h, setText, show } from "../core/dom";
import { count as grouped } from "../core/format";
import { said, type Language } from "../core/language";
import type { Say } from "../core/texts";
import { histogram } from "./histogram";
import type { Head, Lines } from "./wire";

/** What became of all rows: the sources, what was found, the totals and the lengths. */
export class HeadView {
  readonly element: HTMLElement;
  readonly #say: Say;
  readonly #language: Language;
  readonly #progress = h("span", { class: "ft-small ft-muted" });
  readonly #cards = h("div", { class: "ft-small ft-preview-cards" });
  readonly #findings = h("div");
  readonly #tiles = h("div", { class: "ft-tiles" });
  readonly #lengths = h("div");
  readonly #notes = h("ul");
  readonly #folded: HTMLElement;
  #shown: Head | null = null;

  constructor(say: Say, language: Language) {
    this.#say = say;
    this.#language = language;
    this.#folded = h(
      "details",
      { class: "ft-section", hidden: true },
      h("summary", {}, say("preview_panel.notes")),
      this.#notes,
    );
    this.element = h(
      "div",
      {},
      h(
        "div",
        { class: "ft-heading" },
        h("h3", { class: "ft-name ft-chat-title" }, say("views.preview.title")),
        this.#progress,
      ),
      this.#cards,
      this.#findings,
      this.#tiles,
      this.#lengths,
      this.#folded,
    );
  }

  update(head: Head): void {
    if (head === this.#shown) return;
    this.#shown = head;
    const rows = grouped(head.read);
    const code = head.done ? "preview_panel.all_read" : "preview_panel.reading";
    setText(this.#progress, this.#say(code, { rows }));
    this.#cards.replaceChildren(...this.#lines(head.cards).map((line) => h("div", {}, line)));
    this.#findings.replaceChildren(
      ...head.findings.map((one) => {
        const [first = "", ...rest] = this.#lines(one.lines);
        return h(
          "div",
          { class: "ft-finding", "data-level": one.level },
          h(
            "strong",
            {},
            h("span", { "aria-hidden": "true" }, one.level === "red" ? "✕ " : "! "),
            first,
          ),
          ...rest.map((line) => h("div", {}, line)),
        );
      }),
    );
    this.#tiles.replaceChildren(
      ...head.totals.map(([name, value, remark]) =>
        h(
          "div",
          { class: "ft-tile" },
          h("span", { class: "ft-tiny ft-muted" }, said(name, this.#language)),
          h("span", { class: "ft-tile-value" }, said(value, this.#language)),
          h("span", { class: "ft-tiny ft-muted" }, said(remark, this.#language)),
        ),
      ),
    );
    const drawn = histogram(head.lengths, this.#say);
    this.#lengths.replaceChildren(...(drawn ? [drawn] : []));
    const notes = [...this.#lines(head.causes), ...this.#lines(head.notes)];
    this.#notes.replaceChildren(...notes.map((line) => h("li", {}, line)));
    show(this.#folded, notes.length > 0);
  }

  #lines(lines: Lines): readonly string[] {
    return lines[this.#language === "zh" ? 1 : 0];
  }
}
