/*
 * The list itself: a grid of rows of which only those in view are in the page, with the keys and the pointer of a
 * list in which several may be chosen.
 */
import { h, setAttribute } from "../../core/dom";
import type { RunItem } from "../api/types";
import type { Words } from "../words";
import { heightOf, Row } from "./row";
import { inView, rowAt, scrolledTo, topsOf } from "./rows_window";
import { choose, kept, NOTHING, target, wayOf, type Selection } from "./selection";

/** Pixels beyond what is seen for which there are rows. */
const AROUND = 200;
/** Pixels that a pressed pointer moves before it drags. */
const DRAGS = 5;

/** What the grid asks of its panel. */
export interface GridAsks {
  open(ids: readonly string[]): void;
  menu(ids: readonly string[], x: number, y: number): void;
  remove(ids: readonly string[]): void;
  rename(id: string): void;
  drag(ids: readonly string[], x: number, y: number): void;
  tag(tag: string): void;
  chosen(ids: readonly string[]): void;
  pending(id: string): string;
}

export class RunGrid {
  readonly #space = h("div", { class: "ft-runs-space", role: "rowgroup" });
  readonly element: HTMLElement;
  readonly #rows = new Map<string, Row>();
  #runs: readonly RunItem[] = [];
  #order: readonly string[] = [];
  #tops = topsOf([]);
  #selection: Selection = NOTHING;
  #pressed: { x: number; y: number; id: string; late: boolean } | null = null;
  #frame = 0;

  constructor(
    readonly words: Words,
    readonly asks: GridAsks,
  ) {
    this.element = h(
      "div",
      {
        class: "ft-runs-grid",
        role: "grid",
        "aria-label": words.say("lab_panel.list"),
        "aria-multiselectable": "true",
      },
      this.#space,
    );
    const { element } = this;
    element.addEventListener("scroll", () => this.draw(), { passive: true });
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", (event) => this.#release(event));
    element.addEventListener("click", (event) => this.#click(event));
    element.addEventListener("pointercancel", () => (this.#pressed = null));
    element.addEventListener("dblclick", (event) => this.#double(event));
    element.addEventListener("contextmenu", (event) => this.#context(event));
    new ResizeObserver(() => this.draw()).observe(element);
  }

  /** Runs that are chosen, in the order of the list. */
  get chosen(): readonly string[] {
    return this.#order.filter((id) => this.#selection.chosen.has(id));
  }

  /** @param anew whether it is another list, which begins at its top, and not the same with news */
  show(runs: readonly RunItem[], anew: boolean): void {
    const { element } = this;
    const first = rowAt(this.#tops, element.scrollTop);
    const [above, offset] = [this.#order[first], element.scrollTop - (this.#tops[first] ?? 0)];
    const before = this.#order;
    this.#runs = runs;
    this.#order = runs.map((run) => run.id);
    this.#tops = topsOf(runs.map(heightOf));
    this.#space.style.height = `${this.#tops[runs.length] ?? 0}px`;
    setAttribute(element, "aria-rowcount", String(runs.length));
    if (anew) element.scrollTop = 0;
    else if (element.scrollTop > 0 && above !== undefined) {
      // What one reads stays where it is when something comes above it.
      const now = this.#order.indexOf(above);
      if (now >= 0) element.scrollTop = (this.#tops[now] ?? 0) + offset;
    }
    this.#select(kept(this.#selection, this.#order, before), false);
    this.#draw();
  }

  /** Draw at the next frame, once, however often it is asked for. */
  draw(): void {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Forget which runs are chosen. */
  clear(): void {
    this.#select({ ...this.#selection, chosen: new Set() });
  }

  /** Bring the keys into the list. */
  focus(): void {
    this.#goTo(this.#selection.active ?? this.#order[0] ?? null, "toggle");
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { element } = this;
    const [from, to] = inView(this.#tops, element.scrollTop, element.clientHeight, AROUND);
    const shown = new Set(this.#order.slice(from, to));
    // The row with the focus stays, wherever one scrolls: keys go on from it.
    const { active } = this.#selection;
    if (active !== null && this.#order.includes(active)) shown.add(active);
    let lostFocus = false;
    for (const [id, row] of this.#rows) {
      if (shown.has(id)) continue;
      lostFocus ||= row.element.contains(document.activeElement);
      row.element.remove();
      this.#rows.delete(id);
    }
    const reached = active ?? this.#order[from];
    let place: Element | null = this.#space.firstElementChild;
    for (const [index, run] of this.#runs.entries()) {
      if (!shown.has(run.id)) continue;
      let row = this.#rows.get(run.id);
      if (!row) {
        row = new Row(run.id, this.words);
        this.#rows.set(run.id, row);
      }
      row.update(run, {
        index,
        top: this.#tops[index] ?? 0,
        chosen: this.#selection.chosen.has(run.id),
        active: run.id === reached,
        pending: this.asks.pending(run.id),
      });
      // In the order of the list for those who listen; what is in its place is not touched.
      if (row.element === place) place = place.nextElementSibling;
      else this.#space.insertBefore(row.element, place);
    }
    if (lostFocus && active !== null)
      this.#rows.get(active)?.element.focus({ preventScroll: true });
  }

  #select(selection: Selection, draws = true): void {
    if (selection === this.#selection) return;
    this.#selection = selection;
    this.asks.chosen(this.chosen);
    if (draws) this.#draw();
  }

  #goTo(id: string | null, way: "alone" | "toggle" | "range"): void {
    if (id === null) return;
    const { element } = this;
    const index = this.#order.indexOf(id);
    this.#select(
      way === "toggle"
        ? { ...this.#selection, active: id }
        : choose(this.#selection, id, way, this.#order),
    );
    element.scrollTop = scrolledTo(this.#tops, index, element.scrollTop, element.clientHeight);
    this.#draw();
    this.#rows.get(id)?.element.focus({ preventScroll: true });
  }

  /** The chosen runs where a run is one of them, else the run alone. */
  #meant(id: string): readonly string[] {
    return this.#selection.chosen.has(id) ? this.chosen : [id];
  }

  #key(event: KeyboardEvent): void {
    const inside = event.target instanceof HTMLButtonElement;
    const { active } = this.#selection;
    const page = Math.max(1, Math.floor(this.element.clientHeight / 80));
    const to = event.altKey ? null : target(this.#selection, event.key, this.#order, page);
    if (to !== null) this.#goTo(to, wayOf(event));
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") this.#within(event.key);
    else if (event.key === "F10" && event.shiftKey) this.#menuOfKeys();
    else if (inside || !this.#act(event, active)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #act(event: KeyboardEvent, active: string | null): boolean {
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      this.#select({ ...this.#selection, chosen: new Set(this.#order) });
      return true;
    }
    if (active === null || event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key !== " " || active === null) return false;
    }
    if (event.key === "Enter") this.asks.open(this.#meant(active));
    else if (event.key === "Delete") this.asks.remove(this.#meant(active));
    else if (event.key === "F2") this.asks.rename(active);
    else if (event.key === "Escape") this.clear();
    else if (event.key === " ")
      this.#select(choose(this.#selection, active, "toggle", this.#order));
    else return false;
    return true;
  }

  /** To the tags and the menu of the row, and back to it. */
  #within(key: string): void {
    const row = this.#rows.get(this.#selection.active ?? "");
    if (!row) return;
    const stops = [row.element, ...row.stops];
    const here = stops.findIndex((one) => one === document.activeElement);
    const to = here + (key === "ArrowRight" ? 1 : -1);
    stops[Math.max(0, Math.min(stops.length - 1, to))]?.focus({ preventScroll: true });
  }

  #idAt(event: Event): string | null {
    const { target } = event;
    const row = target instanceof Element ? target.closest<HTMLElement>(".ft-runs-row") : null;
    return row?.dataset.id ?? null;
  }

  #press(event: PointerEvent): void {
    const id = this.#idAt(event);
    const inside = event.target instanceof Element && event.target.closest("button") !== null;
    if (id === null || event.button !== 0 || inside) return;
    const way = wayOf(event);
    // Of several that are chosen one may drag all: pressing one of them chooses it alone only on release.
    const late = way === "alone" && this.#selection.chosen.has(id);
    if (!late) this.#select(choose(this.#selection, id, way, this.#order));
    else this.#select({ ...this.#selection, active: id });
    this.#rows.get(id)?.element.focus({ preventScroll: true });
    this.#pressed = { x: event.clientX, y: event.clientY, id, late };
    event.preventDefault(); // no text is selected by Shift
  }

  #move(event: PointerEvent): void {
    const pressed = this.#pressed;
    if (!pressed || !(event.buttons & 1)) return;
    const { clientX, clientY } = event;
    if (Math.abs(clientX - pressed.x) < DRAGS && Math.abs(clientY - pressed.y) < DRAGS) return;
    this.#pressed = null;
    this.asks.drag(this.#meant(pressed.id), clientX, clientY);
  }

  #release(event: PointerEvent): void {
    const pressed = this.#pressed;
    this.#pressed = null;
    const id = this.#idAt(event);
    if (pressed?.late && id === pressed.id) {
      this.#select(choose(this.#selection, id, "alone", this.#order));
    }
  }

  #click(event: MouseEvent): void {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const id = this.#idAt(event);
    if (!button || id === null) return;
    const { tag } = button.dataset;
    if (tag !== undefined) this.asks.tag(tag);
    else this.#menuOf(id, button.getBoundingClientRect());
  }

  #double(event: Event): void {
    const id = this.#idAt(event);
    if (id !== null && !(event.target as Element).closest("button")) this.asks.open([id]);
  }

  #context(event: MouseEvent): void {
    const id = this.#idAt(event);
    if (id === null || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    const { clientX, clientY } = event;
    // A key may say no place.
    if (clientX === 0 && clientY === 0) this.#menuOfKeys();
    else this.#menuOf(id, { left: clientX, bottom: clientY });
  }

  #menuOfKeys(): void {
    const row = this.#rows.get(this.#selection.active ?? "");
    if (!row) return;
    const { left, top } = row.element.getBoundingClientRect();
    this.#menuOf(row.id, { left: left + 24, bottom: top + 24 });
  }

  #menuOf(id: string, { left, bottom }: { left: number; bottom: number }): void {
    if (!this.#selection.chosen.has(id)) {
      this.#select(choose(this.#selection, id, "alone", this.#order));
    } else this.#select({ ...this.#selection, active: id });
    this.asks.menu(this.#meant(id), left, bottom);
  }
}
