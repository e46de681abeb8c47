/* What stands in place of the list, or beside it: nothing yet, nothing like that, or why it cannot be read. */
import { h, setText, show } from "../../core/dom";
import type { LabFault } from "../api/request";
import type { RunListModel } from "../api/run_list";
import type { Words } from "../words";

const START = "%load_ext ftkernel\n\n%%finetune\nmodel: smollm2-135m\ndata: demo";
const ENABLE = "jupyter server extension enable ftkernel.lab";

export class Notices {
  readonly #words: Words;
  readonly #plain = h("p");
  readonly #none: HTMLElement;
  readonly #fault: HTMLElement;
  readonly #what = h("p");
  readonly #why = h("p");
  readonly #enable: HTMLElement;
  readonly #damaged: HTMLDetailsElement;
  readonly #folders = h("ul");
  readonly #count = h("summary");
  /** Above the list. */
  readonly above: HTMLElement;
  /** In place of the list. */
  readonly instead: HTMLElement;
  #named = "";

  constructor(words: Words, again: () => void) {
    const { say } = (this.#words = words);
    this.#none = h(
      "div",
      {},
      h("p", { class: "ft-runs-none" }, say("lab_panel.none")),
      h("p", {}, say("lab_panel.none_help")),
      h("pre", { class: "ft-code", tabindex: 0 }, START),
    );
    this.#enable = h(
      "div",
      {},
      h("p", {}, say("lab_panel.not_enabled")),
      h("pre", { class: "ft-code", tabindex: 0 }, ENABLE),
    );
    const button = h("button", { class: "ft-button", type: "button" }, say("lab_panel.again"));
    button.addEventListener("click", again);
    this.#fault = h(
      "div",
      { class: "ft-error", role: "alert" },
      this.#what,
      this.#why,
      this.#enable,
      button,
    );
    this.#damaged = h(
      "details",
      { class: "ft-section" },
      this.#count,
      h("p", { class: "ft-muted" }, say("lab_panel.damaged_help")),
      this.#folders,
    );
    this.above = h("div", { class: "ft-runs-above" }, this.#fault, this.#damaged);
    this.instead = h("div", { class: "ft-runs-instead" }, this.#none, this.#plain);
  }

  /** @param shown how many runs the list shows */
  update(list: RunListModel, shown: number): void {
    const { say } = this.#words;
    const known = list.runs.length;
    this.#tell(list.fault, known);
    this.#tellDamaged(list.damaged);
    const isEmpty = known === 0 && list.complete && !list.fault;
    show(this.#none, isEmpty);
    const isReading = known === 0 && !list.complete && !list.fault;
    setText(this.#plain, say(isReading ? "lab_panel.reading" : "lab_panel.no_match"));
    show(this.#plain, isReading || (known > 0 && shown === 0));
    show(this.instead, shown === 0);
  }

  #tell(fault: LabFault | null, known: number): void {
    show(this.#fault, fault !== null);
    if (!fault) return;
    const isOff = fault.code === "lab.not_enabled";
    setText(this.#what, this.#words.say(known > 0 ? "lab_panel.stale" : "lab_panel.fault"));
    setText(this.#why, fault.told);
    show(this.#enable, isOff);
  }

  #tellDamaged(damaged: readonly string[]): void {
    show(this.#damaged, damaged.length > 0);
    const named = damaged.join("\n");
    if (named === this.#named) return;
    this.#named = named;
    setText(this.#count, this.#words.say("lab_panel.damaged", { count: damaged.length }));
    this.#folders.replaceChildren(...damaged.map((name) => h("li", { class: "ft-code" }, name)));
  }
}
