/* Above the list: what one looks for, in which order it is shown, how many there are. */
import { h, setText, show } from "../../core/dom";
import type { Words } from "../words";
import { EVERYTHING, isNarrow, SORTS, STATE_WISHES, wishFrom, type Wish } from "./choice";

/** What the head asks of its panel. */
export interface HeadAsks {
  wish(wish: Wish): void;
  compare(): void;
  down(): void;
}

export class Head {
  readonly #text: HTMLInputElement;
  readonly #state: HTMLSelectElement;
  readonly #sort: HTMLSelectElement;
  readonly #tags = h("div", { class: "ft-runs-tags" });
  readonly #count = h("span", { class: "ft-runs-count", role: "status" });
  readonly #all: HTMLButtonElement;
  readonly #compare: HTMLButtonElement;
  readonly element: HTMLElement;
  #wish: Wish = EVERYTHING;

  constructor(
    readonly words: Words,
    readonly asks: HeadAsks,
  ) {
    const { say } = words;
    this.#text = h("input", {
      class: "ft-field ft-runs-filter",
      type: "search",
      placeholder: say("lab_panel.filter"),
      "aria-label": say("lab_panel.filter"),
      title: say("lab_panel.filter_help"),
      autocomplete: "off",
      spellcheck: "false",
    });
    this.#state = select(
      say("lab_panel.state"),
      STATE_WISHES.map((one) => [one, say(stateCode(one))]),
    );
    this.#sort = select(
      say("lab_panel.sort"),
      SORTS.map((one) => [one, say(`lab_panel.sort.${one}`)]),
    );
    this.#all = quiet(say("lab_panel.show_all"));
    this.#compare = quiet(say("lab_panel.do.compare"));
    const choices = h("div", { class: "ft-runs-choices" }, this.#state, this.#sort);
    const tally = h("div", { class: "ft-runs-tally" }, this.#count, this.#all, this.#compare);
    this.element = h("div", { class: "ft-runs-top" }, this.#text, choices, this.#tags, tally);

    this.#text.addEventListener("input", () => this.#change({ text: this.#text.value }));
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#state.addEventListener("change", () => this.#change(only("state", this.#state)));
    this.#sort.addEventListener("change", () => this.#change(only("sort", this.#sort)));
    this.#all.addEventListener("click", () => this.#reset());
    this.#compare.addEventListener("click", () => asks.compare());
  }

  set wish(wish: Wish) {
    const before = this.#wish;
    this.#wish = wish;
    if (this.#text.value !== wish.text) this.#text.value = wish.text;
    this.#state.value = wish.state;
    this.#sort.value = wish.sort;
    show(this.#all, isNarrow(wish));
    if (before.tags !== wish.tags) this.#showTags();
  }

  /** @param chosen how many are chosen */
  tell(shown: number, all: number, chosen: number): void {
    const { say } = this.words;
    const count =
      shown === all
        ? say("lab_panel.count", { count: all })
        : say("lab_panel.count_of", { shown, count: all });
    const more = chosen > 1 ? say("lab_panel.selected", { count: chosen }) : "";
    setText(this.#count, [count, more].filter(Boolean).join(" · "));
    show(this.#compare, chosen > 1);
  }

  focus(): void {
    this.#text.focus();
  }

  #change(change: Partial<Wish>): void {
    this.asks.wish({ ...this.#wish, ...change });
  }

  #reset(): void {
    this.asks.wish({ ...EVERYTHING, sort: this.#wish.sort });
    this.#text.focus();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.asks.down();
    else if (event.key === "Escape" && this.#text.value !== "") this.#change({ text: "" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #showTags(): void {
    const { say } = this.words;
    const chips = this.#wish.tags.map((tag) => {
      const label = say("lab_panel.tag_taken", { tag });
      const cross = h("span", { class: "ft-sign", "aria-hidden": "true" }, "×");
      const attributes = { class: "ft-runs-tag", type: "button", "aria-label": label };
      const chip = h("button", attributes, tag, " ", cross);
      chip.addEventListener("click", () => {
        this.#change({ tags: this.#wish.tags.filter((one) => one !== tag) });
        this.#text.focus();
      });
      return chip;
    });
    this.#tags.replaceChildren(...chips);
    show(this.#tags, chips.length > 0);
  }
}

function stateCode(state: (typeof STATE_WISHES)[number]): string {
  const isGroup = state === "all" || state === "live" || state === "ended";
  return isGroup ? `lab_panel.state.${state}` : `views.state.${state}`;
}

function select(label: string, options: readonly (readonly [string, string])[]) {
  const attributes = { class: "ft-field ft-field-quiet", "aria-label": label, title: label };
  return h("select", attributes, ...options.map(([value, text]) => h("option", { value }, text)));
}

/** The part of a wish that a field says. */
function only(part: "state" | "sort", field: HTMLSelectElement): Partial<Wish> {
  return { [part]: wishFrom({ [part]: field.value })[part] };
}

function quiet(text: string): HTMLButtonElement {
  return h("button", { class: "ft-button ft-button-quiet", type: "button", hidden: true }, text);
}
