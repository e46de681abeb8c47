import { h, s, show, type Disposal } from "./dom";
import { said, type Language } from "./language";
import { placeOf, placeWords, type Across, type Metric } from "./metrics";
import type { RunStore } from "./store";
import type { Surface } from "./surface";
import { nearest } from "./table";
import type { Say } from "./texts";
import type { Mark, MarkKind } from "./wire";

/** A sign of its own for each kind of mark, since a colour alone tells nothing to some. */
export const SIGNS: Readonly<Record<MarkKind, string>> = {
  checkpoint: "▲",
  evaluation: "◆",
  command: "■",
  resume: "┆",
  sample: "●",
};

const SHAPES: Readonly<Record<MarkKind, string>> = {
  checkpoint: "M0 -7l4 7h-8z",
  evaluation: "M0 -8l4 4l-4 4l-4 -4z",
  command: "M-3 -6h6v6h-6z",
  resume: "",
  sample: "M-3 -3a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z",
};
/** The kinds that change what comes after them: their line goes all the way up. */
const TALL: ReadonlySet<MarkKind> = new Set(["command", "resume"]);
const STROKES: Readonly<Partial<Record<MarkKind, Readonly<Record<string, string>>>>> = {
  command: { "stroke-opacity": ".25" },
  resume: { "stroke-opacity": ".6", "stroke-dasharray": "2 3" },
};
const PIXELS_A_MARK = 9;
/** How near, in pixels, the pointer must be to a mark. */
const NEAR = 6;

export interface Shown {
  readonly store: RunStore;
  readonly metric: Metric;
  readonly across: Across;
  readonly surface: Pick<Surface, "area" | "toPixel" | "toValue">;
}

/**
 * What lies above the curves: marks, a line where the reader looks, and the values there.
 *
 * Values come from the rows, not from the drawing, so they are exact where the drawing is reduced. The keyboard
 * has it as a slider: arrow keys, Home, End.
 */
export class Overlay {
  readonly element: HTMLElement;
  readonly #marks = s("svg", { class: "ft-plot-surface", "aria-hidden": "true" });
  readonly #cross = h("div", { class: "ft-cross", hidden: true });
  readonly #box = h("div", { class: "ft-hover", hidden: true, "aria-hidden": "true" });
  readonly #slider: HTMLElement;
  readonly #say: Say;
  readonly #language: Language;
  #shown: Shown | null = null;
  /** The row of the training table that is looked at; -1 for none. */
  #row = -1;

  constructor(plot: HTMLElement, say: Say, language: Language, until: Disposal) {
    this.#say = say;
    this.#language = language;
    this.#slider = h("div", {
      class: "ft-plot-surface ft-slider",
      role: "slider",
      tabindex: 0,
      "aria-label": say("live.chart.inspect"),
      "aria-valuemin": 0,
      "aria-valuemax": 0,
      "aria-valuenow": 0,
    });
    this.#marks.style.pointerEvents = "none";
    this.element = h(
      "div",
      { class: "ft-overlay" },
      this.#marks,
      this.#slider,
      this.#cross,
      this.#box,
    );
    until.listen(plot, "pointermove", (event) => {
      const { clientX } = event as PointerEvent;
      this.#lookAt(clientX - plot.getBoundingClientRect().left);
    });
    until.listen(plot, "pointerleave", () => this.#look(-1));
    until.listen(this.#slider, "keydown", (event) => this.#key(event as KeyboardEvent));
    until.listen(this.#slider, "blur", () => this.#look(-1));
  }

  /** Place everything anew: the curves, the marks or the zoom have changed. */
  place(shown: Shown): void {
    this.#shown = shown;
    this.#drawMarks(shown);
    const last = shown.store.train.at("step", shown.store.train.count - 1);
    if (Number.isFinite(last)) this.#slider.setAttribute("aria-valuemax", String(last));
    if (this.#row >= 0) this.#look(Math.min(this.#row, shown.store.train.count - 1));
  }

  #drawMarks({ store, across, surface }: Shown): void {
    const { left, top, width, height } = surface.area();
    const bottom = top + height;
    const drawn: SVGElement[] = [];
    const heaps = new Map<number, number>();
    for (const [kind, marks] of byKind(store.marks)) {
      for (const mark of thinned(marks, Math.floor(width / PIXELS_A_MARK))) {
        const x = surface.toPixel(placeOf(store.train, across, mark.step));
        if (!(x >= left - 1 && x <= left + width + 1)) continue;
        // Those of one place stand on each other.
        const place = Math.round(x / 4);
        const below = SHAPES[kind] ? (heaps.get(place) ?? 0) : 0;
        if (SHAPES[kind]) heaps.set(place, below + 1);
        const group = s("g", { transform: `translate(${x.toFixed(1)} ${bottom.toFixed(1)})` });
        const tall = TALL.has(kind);
        const d = tall ? `M0 ${-height}V0` : "";
        const stroke = { stroke: "currentColor", ...STROKES[kind] };
        if (d) group.append(s("path", { d, ...stroke }));
        if (SHAPES[kind]) {
          const transform = `translate(0 ${-9 * below})`;
          const fill = { fill: "currentColor", "fill-opacity": 0.6 };
          group.append(s("path", { d: SHAPES[kind], transform, ...fill }));
        }
        drawn.push(group);
      }
    }
    this.#marks.replaceChildren(...drawn);
  }

  #lookAt(pixel: number): void {
    if (!this.#shown) return;
    const { store, across, surface } = this.#shown;
    const { left, width } = surface.area();
    const inside = pixel >= left - 4 && pixel <= left + width + 4;
    const xs = store.train.column(across);
    this.#look(inside ? nearest(xs, xs.length, surface.toValue(pixel)) : -1);
  }

  #key(event: KeyboardEvent): void {
    if (!this.#shown) return;
    const { count } = this.#shown.store.train;
    const here = this.#row < 0 ? count - 1 : this.#row;
    const stride = Math.max(1, Math.round(count / 200)) * (event.shiftKey ? 10 : 1);
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: here - stride,
      ArrowDown: here - stride,
      ArrowRight: here + stride,
      ArrowUp: here + stride,
      Home: 0,
      End: count - 1,
      Escape: -1,
    };
    const target = to[event.key];
    if (target === undefined || count === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#look(event.key === "Escape" ? -1 : Math.max(0, Math.min(count - 1, target)));
  }

  #look(row: number): void {
    this.#row = row;
    const shown = this.#shown;
    const x = shown && row >= 0 ? this.#pixel(shown, row) : NaN;
    show(this.#cross, Number.isFinite(x));
    show(this.#box, Number.isFinite(x));
    if (!shown || !Number.isFinite(x)) return;
    const { top, height, left, width } = shown.surface.area();
    const { style } = this.#cross;
    style.left = `${x}px`;
    style.top = `${top}px`;
    style.height = `${height}px`;
    const words = this.#fill(shown, row, x);
    this.#slider.setAttribute("aria-valuenow", String(shown.store.train.at("step", row)));
    this.#slider.setAttribute("aria-valuetext", words);
    const toLeft = x > left + width / 2;
    this.#box.style.left = toLeft ? "" : `${x + 10}px`;
    this.#box.style.right = toLeft ? `calc(100% - ${x - 10}px)` : "";
    this.#box.style.top = `${top + 4}px`;
  }

  #pixel({ store, across, surface }: Shown, row: number): number {
    const x = surface.toPixel(store.train.at(across, row));
    const { left, width } = surface.area();
    return x >= left - 1 && x <= left + width + 1 ? x : NaN;
  }

  /** Write what is known of a row, and give it back as one sentence. */
  #fill({ store, metric, across, surface }: Shown, row: number, x: number): string {
    const say = this.#say;
    const step = store.train.at("step", row);
    const heading = [placeWords("step", step, say)];
    if (across !== "step") heading.push(placeWords(across, store.train.at(across, row), say));
    const values: [string, string][] = [];
    for (const line of metric.lines) {
      const table = store[line.table];
      let at = row;
      if (line.table === "evaluations") {
        at = table.nearest(step);
        const place = placeOf(store.train, across, table.at("step", at));
        if (!(Math.abs(surface.toPixel(place) - x) <= NEAR)) continue;
      }
      const value = table.at(line.field, at);
      if (Number.isFinite(value)) values.push([line.label, metric.format(value)]);
    }
    const marks = store.marks
      .filter((mark) => {
        return Math.abs(surface.toPixel(placeOf(store.train, across, mark.step)) - x) <= NEAR;
      })
      .slice(-4)
      .map((mark) => markWords(mark, say, this.#language));
    const list = h("dl");
    for (const [name, value] of values) list.append(h("dt", {}, name), h("dd", {}, value));
    this.#box.replaceChildren(
      h("strong", {}, heading.join(" · ")),
      list,
      ...marks.map((words) => h("p", {}, words)),
    );
    return [...heading, ...values.map((one) => one.join(" ")), ...marks].join(", ");
  }
}

function markWords(mark: Mark, say: Say, language: Language): string {
  const detail = said(mark.detail, language);
  const name = say(`live.mark.${mark.kind}`);
  const words = detail ? say("live.mark.of", { name, detail }) : name;
  return `${SIGNS[mark.kind]} ${words}`;
}

/** The signs below a chart that mean something in it. */
export function signWords(marks: readonly Mark[], say: Say): string {
  return [...byKind(marks).keys()]
    .map((kind) => `${SIGNS[kind]} ${say(`live.mark.${kind}`)}`.replaceAll(" ", "\u00a0"))
    .join("   ");
}

function byKind(marks: readonly Mark[]): Map<MarkKind, Mark[]> {
  const out = new Map<MarkKind, Mark[]>();
  for (const mark of marks) {
    const list = out.get(mark.kind);
    if (list) list.push(mark);
    else out.set(mark.kind, [mark]);
  }
  return out;
}

/** All of them, or evenly chosen ones where they would run together; the last is kept. */
function thinned(marks: readonly Mark[], most: number): readonly Mark[] {
  const every = Math.ceil(marks.length / Math.max(1, most));
  return every <= 1 ? marks : marks.filter((_, index) => (marks.length - 1 - index) % every === 0);
}
