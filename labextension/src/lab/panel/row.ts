/* One run in the list. What it shows is set in place, so that focus and pointer stay where they are. */
import { h, setAttribute, setText, show } from "../../core/dom";
import { ACCENTS, ICONS } from "../../core/states";
import type { RunItem } from "../api/types";
import type { Words } from "../words";
import { nameOf } from "./choice";
import {
  errorWords,
  kindWords,
  leftWords,
  lines,
  lossWords,
  memoryWords,
  part,
  progressWords,
  stateWords,
  whenWords,
} from "./run_words";
import { Sparkline } from "./sparkline";

/** Pixels, as `style/panel.css` has them: rows out of view have no element to be measured by. */
const PLAIN = 68;
const BAR = 7;
const LABELS = 24;

/** The height of a run's row; each line is one line, whatever stands in it. */
export function heightOf(run: RunItem): number {
  return PLAIN + (run.live ? BAR : 0) + (hasLabels(run) ? LABELS : 0);
}

function hasLabels(run: RunItem): boolean {
  return run.tags.length > 0 || run.note !== "";
}

/** How a row stands in the list. */
export interface Standing {
  readonly index: number;
  readonly top: number;
  readonly chosen: boolean;
  readonly active: boolean;
  /** What was asked of the run and is not done yet; empty for nothing. */
  readonly pending: string;
}

export class Row {
  readonly #icon = h("span", { class: "ft-sign", "aria-hidden": "true" });
  readonly #name = h("strong", { class: "ft-runs-name" });
  readonly #state = h("span", { class: "ft-runs-state" });
  readonly #curve = new Sparkline();
  readonly #progress = h("span", { class: "ft-runs-told" });
  readonly #loss = h("span", { class: "ft-runs-aside" });
  readonly #kind = h("span", { class: "ft-runs-told" });
  readonly #aside = h("span", { class: "ft-runs-aside ft-muted" });
  readonly #fill = h("div");
  readonly #bar = h("div", { class: "ft-bar", "aria-hidden": "true" }, this.#fill);
  readonly #labels = h("div", { class: "ft-runs-labels" });
  readonly #menu: HTMLButtonElement;
  readonly element: HTMLElement;
  #run: RunItem | null = null;
  #pending = "";

  constructor(
    readonly id: string,
    readonly words: Words,
  ) {
    this.#menu = h(
      "button",
      {
        class: "ft-button ft-button-quiet ft-runs-menu",
        type: "button",
        tabindex: -1,
        "aria-haspopup": "menu",
        "data-do": "menu",
      },
      h("span", { "aria-hidden": "true" }, "⋯"),
    );
    const words_ = h(
      "div",
      { class: "ft-runs-words" },
      h("div", { class: "ft-runs-line" }, this.#progress, this.#loss),
      h("div", { class: "ft-runs-line" }, this.#kind, this.#aside),
    );
    const head = h("div", { class: "ft-runs-head" }, this.#icon, this.#name, this.#state);
    const body = h("div", { class: "ft-runs-body" }, this.#curve.element, words_);
    const cell = { class: "ft-runs-cell", role: "gridcell" };
    this.element = h(
      "div",
      { class: "ft-runs-row", role: "row", "data-id": id },
      h("div", cell, head, body, this.#bar, this.#labels),
      h("div", { role: "gridcell" }, this.#menu),
    );
  }

  update(run: RunItem, standing: Standing): void {
    const { element } = this;
    setAttribute(element, "aria-rowindex", String(standing.index + 1));
    setAttribute(element, "aria-selected", String(standing.chosen));
    setAttribute(element, "tabindex", standing.active ? "0" : "-1");
    const top = `translateY(${standing.top}px)`;
    if (element.style.transform !== top) element.style.transform = top;
    if (run === this.#run && standing.pending === this.#pending) return;
    this.#show(run, standing.pending);
    this.#run = run;
    this.#pending = standing.pending;
  }

  /** What can be reached by keys inside of the row. */
  get stops(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("button")];
  }

  #show(run: RunItem, pending: string): void {
    const { element } = this;
    const { say, language } = this.words;
    element.style.height = `${heightOf(run)}px`;
    element.style.setProperty("--ft-accent", `var(--ft-${ACCENTS[run.state] ?? "grey"})`);
    setAttribute(element, "data-state", run.state);
    const told = lines(run, say, language);
    if (pending) told.splice(2, 0, say(`lab_panel.pending.${pending}`));
    setAttribute(element, "title", told.join("\n"));
    setAttribute(element, "aria-label", told.join(", "));
    setText(this.#icon, ICONS[run.state] ?? "?");
    setText(this.#name, nameOf(run));
    setText(
      this.#state,
      pending ? `${say(`lab_panel.pending.${pending}`)}…` : stateWords(run, say),
    );
    this.#curve.update(run.sparkline);
    setText(this.#progress, progressWords(run, say));
    setText(this.#loss, lossWords(run, say));
    const error = errorWords(run, language);
    const left = leftWords(run, say);
    setText(this.#kind, error || left || kindWords(run));
    this.#kind.classList.toggle("ft-runs-error", error !== "");
    this.#kind.classList.toggle("ft-muted", error === "" && left === "");
    setText(this.#aside, memoryWords(run) || whenWords(run, language));
    show(this.#bar, run.live);
    const done = part(run);
    this.#bar.classList.toggle("ft-bar-unknown", run.live && done === null);
    this.#fill.style.transform = done === null ? "" : `scaleX(${done.toFixed(4)})`;
    setAttribute(this.#menu, "aria-label", say("lab_panel.do", { name: nameOf(run) }));
    this.#showLabels(run);
  }

  #showLabels(run: RunItem): void {
    show(this.#labels, hasLabels(run));
    const before = this.#run;
    if (before?.note === run.note && before.tags.join("\n") === run.tags.join("\n")) return;
    const { say } = this.words;
    const tags = run.tags.map((tag) =>
      h(
        "button",
        {
          class: "ft-runs-tag",
          type: "button",
          tabindex: -1,
          "data-tag": tag,
          "aria-label": say("lab_panel.tag_shown", { tag }),
        },
        tag,
      ),
    );
    const note = run.note ? h("span", { class: "ft-runs-note ft-muted" }, run.note) : null;
    this.#labels.replaceChildren(...tags, ...(note ? [note] : []));
  }
}
