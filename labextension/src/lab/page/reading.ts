/* Where a reader looks in a chart of several runs: a line, and the value of each run there. */
import { h, show, type Disposal } from "../../core/dom";
import { placeWords, type Across } from "../../core/metrics";
import { signSample } from "../../core/signs";
import type { Area } from "../../core/surface";
import type { Say } from "../../core/texts";
import type { Theme } from "../../core/theme";
import type { Drawn } from "./compare_chart";
import { lastOf, readAt, type Quantity } from "./merged";

/** How near, in pixels, a measured value must be to where the reader looks. */
const NEAR = 8;
/** Places that the arrow keys go through. */
const PLACES = 200;

interface Shown {
  readonly runs: readonly Drawn[];
  readonly quantity: Quantity;
  readonly across: Across;
  readonly theme: Theme;
  area(): Area;
  toPixel(x: number): number;
  toValue(pixel: number): number;
}

/** Values come from the rows of the runs, not from the drawing. The keyboard has it as a slider. */
export class Reading {
  readonly element: HTMLElement;
  readonly #say: Say;
  readonly #cross = h("div", { class: "ft-cross", hidden: true });
  readonly #box = h("div", { class: "ft-hover", hidden: true, "aria-hidden": "true" });
  readonly #slider: HTMLElement;
  #shown: Shown | null = null;
  /** Where is looked at, in the units of the rows; NaN for nowhere. */
  #x = NaN;

  constructor(plot: HTMLElement, say: Say, until: Disposal) {
    this.#say = say;
    this.#slider = h("div", {
      class: "ft-plot-surface ft-slider",
      role: "slider",
      tabindex: 0,
      "aria-label": say("live.chart.inspect"),
      "aria-valuemin": 0,
      "aria-valuemax": 0,
      "aria-valuenow": 0,
    });
    this.element = h("div", { class: "ft-overlay" }, this.#slider, this.#cross, this.#box);
    until.listen(plot, "pointermove", (event) => {
      const { clientX } = event as PointerEvent;
      this.#lookAt(clientX - plot.getBoundingClientRect().left);
    });
    until.listen(plot, "pointerleave", () => this.#look(NaN));
    until.listen(this.#slider, "keydown", (event) => this.#key(event as KeyboardEvent));
    until.listen(this.#slider, "blur", () => this.#look(NaN));
  }

  /** The drawing is another one. */
  place(shown: Shown): void {
    this.#shown = shown;
    const last = this.#last();
    if (Number.isFinite(last)) this.#slider.setAttribute("aria-valuemax", last.toFixed(2));
    this.#look(this.#x);
  }

  #last(): number {
    const shown = this.#shown;
    return shown
      ? lastOf(
          shown.runs.map((one) => one.store),
          shown.across,
        )
      : NaN;
  }

  #lookAt(pixel: number): void {
    if (!this.#shown) return;
    const { left, width } = this.#shown.area();
    const inside = pixel >= left - 4 && pixel <= left + width + 4;
    this.#look(inside ? this.#shown.toValue(pixel) : NaN);
  }

  #key(event: KeyboardEvent): void {
    const last = this.#last();
    const here = Number.isNaN(this.#x) ? last : this.#x;
    const whole = this.#shown?.across === "step";
    const stride = Math.max(whole ? 1 : 0, last / PLACES) * (event.shiftKey ? 10 : 1);
    const to: Readonly<Record<string, number>> = {
      ArrowLeft: here - stride,
      ArrowDown: here - stride,
      ArrowRight: here + stride,
      ArrowUp: here + stride,
      Home: 0,
      End: last,
      Escape: NaN,
    };
    const target = to[event.key];
    if (target === undefined || Number.isNaN(last)) return;
    event.preventDefault();
    event.stopPropagation();
    const place = Math.max(0, Math.min(last, target));
    this.#look(Number.isNaN(target) ? NaN : whole ? Math.round(place) : place);
  }

  #look(x: number): void {
    this.#x = x;
    const shown = this.#shown;
    const pixel = shown ? shown.toPixel(x) : NaN;
    const area = shown?.area();
    const isSeen =
      area !== undefined && pixel >= area.left - 1 && pixel <= area.left + area.width + 1;
    show(this.#cross, isSeen);
    show(this.#box, isSeen);
    if (!isSeen || !shown) return;
    const { style } = this.#cross;
    style.left = `${pixel}px`;
    style.top = `${area.top}px`;
    style.height = `${area.height}px`;
    const words = this.#fill(shown, x);
    this.#slider.setAttribute("aria-valuenow", x.toFixed(2));
    this.#slider.setAttribute("aria-valuetext", words);
    const toLeft = pixel > area.left + area.width / 2;
    this.#box.style.left = toLeft ? "" : `${pixel + 10}px`;
    this.#box.style.right = toLeft ? `calc(100% - ${pixel - 10}px)` : "";
    this.#box.style.top = `${area.top + 4}px`;
  }

  /** Write the value of each run, and give them back as one sentence. */
  #fill(shown: Shown, x: number): string {
    const { runs, quantity, across, theme } = shown;
    const near = Math.abs(shown.toValue(NEAR) - shown.toValue(0));
    const heading = placeWords(across, across === "step" ? Math.round(x) : x, this.#say);
    const list = h("dl");
    const words = [heading];
    for (const { name, store, sign } of runs) {
      const found = readAt(store, quantity, across, x, near);
      if (!found) continue;
      const value = quantity.format(found.value);
      const sample = signSample(sign, theme.colour(sign.colour));
      list.append(h("dt", {}, sample, " ", name), h("dd", {}, value));
      words.push(`${name} ${value}`);
    }
    this.#box.replaceChildren(h("strong", {}, heading), list);
    return words.join(", ");
  }
}
