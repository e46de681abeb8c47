import { h, s } from "./dom";
import { shortCount, significant } from "./format";
import type { Look, Points } from "./metrics";
import { extremes } from "./reduce";
import { linearAxis, logAxis, multiples, part, stride, type Axis } from "./scale";
import type { Area, Line, Picture, Surface } from "./surface";

const MARGIN = { left: 46, right: 10, top: 8, bottom: 22 };

/** How each look is stroked, here and in the legend. */
export const STROKES: Readonly<Record<Look, Readonly<Record<string, string>>>> = {
  thin: { "stroke-width": "1", "stroke-opacity": ".75" },
  thick: { "stroke-width": "2" },
  dashed: { "stroke-width": "1.6", "stroke-dasharray": "5 3" },
};

/** A sample of a line for a legend. */
export function sampleOf(look: Look, colour: string): SVGSVGElement {
  const dot =
    look === "dashed" ? s("circle", { cx: 11, cy: 5, r: 2.6, style: `fill:${colour}` }) : null;
  const line = s("path", {
    d: "M0 5h22",
    fill: "none",
    style: `stroke:${colour}`,
    ...STROKES[look],
  });
  return s("svg", { width: 22, height: 10, "aria-hidden": "true" }, line, dot);
}

/** A drawing as inline SVG: what there is to see until, and wherever not, Plotly is there. */
export class Sketch implements Surface {
  readonly #host: HTMLElement;
  #lines: Line[] = [];
  #picture: Picture | null = null;
  #x: Axis = linearAxis(0, 1, 5, false);

  constructor(place: HTMLElement) {
    this.#host = place.appendChild(h("div", { class: "ft-plot-surface" }));
  }

  draw(picture: Picture): void {
    this.#picture = picture;
    this.#lines = [...picture.lines];
    this.resize();
  }

  extend(more: readonly (Points | null)[]): void {
    this.#lines = this.#lines.map((line, index) => {
      const added = more[index];
      return added ? { ...line, x: joined(line.x, added.x), y: joined(line.y, added.y) } : line;
    });
    this.resize();
  }

  resize(): void {
    const picture = this.#picture;
    if (!picture) return;
    const { left, top, width, height } = this.area();
    const outer = { width: width + left + MARGIN.right, height: height + top + MARGIN.bottom };
    const [x, y] = axes(this.#lines, picture, width);
    this.#x = x;
    const across = (value: number) => left + part(x, value) * width;
    const down = (value: number) => top + (1 - part(y, value)) * height;
    const image = s("svg", { ...outer, "aria-hidden": "true" });
    const text = { fill: picture.theme.text, "font-size": 11, "fill-opacity": 0.75 };
    for (const tick of y.ticks.filter((one) => one >= y.low && one <= y.high)) {
      const at = down(tick);
      const grid = s("path", { d: `M${left} ${at}h${width}`, stroke: picture.theme.line });
      const place = { x: left - 6, y: at + 4, "text-anchor": "end" };
      image.append(grid, s("text", { ...text, ...place }, numberWords(tick)));
    }
    for (const tick of x.ticks) {
      const place = { x: across(tick), y: outer.height - 7, "text-anchor": "middle" };
      image.append(
        s(
          "text",
          { ...text, ...place },
          picture.across === "short" ? shortCount(tick) : numberWords(tick),
        ),
      );
    }
    for (const line of this.#lines)
      image.append(...strokes(line, picture.log, width, across, down));
    this.#host.replaceChildren(image);
  }

  area(): Area {
    const { clientWidth, clientHeight } = this.#host;
    return {
      left: MARGIN.left,
      top: MARGIN.top,
      width: Math.max(40, clientWidth - MARGIN.left - MARGIN.right),
      height: Math.max(40, clientHeight - MARGIN.top - MARGIN.bottom),
    };
  }

  toPixel(x: number): number {
    const { left, width } = this.area();
    return left + part(this.#x, x) * width;
  }

  toValue(pixel: number): number {
    const { left, width } = this.area();
    return this.#x.low + ((pixel - left) / width) * (this.#x.high - this.#x.low);
  }

  range(): null {
    return null;
  }

  reset(): void {
    // It cannot be zoomed.
  }

  dispose(): void {
    this.#host.remove();
  }
}

/** A number beside an axis. */
export function numberWords(value: number): string {
  const size = Math.abs(value);
  if (size >= 10_000) return shortCount(value);
  if (size !== 0 && size < 1e-3) return significant(value, 2);
  return String(Number(value.toPrecision(6)));
}

function joined(one: Float64Array, other: Float64Array): Float64Array {
  const out = new Float64Array(one.length + other.length);
  out.set(one);
  out.set(other, one.length);
  return out;
}

function axes(lines: readonly Line[], { log, whole }: Picture, width: number): [Axis, Axis] {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const line of lines) {
    left = Math.min(left, line.x[0] ?? Infinity);
    right = Math.max(right, line.x[line.x.length - 1] ?? -Infinity);
    for (const value of line.y) {
      if (log && value <= 0) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const x = linearAxis(left, right, 2, false);
  return [
    { ...x, ticks: multiples(x.low, x.high, stride(x.low, x.high, width, whole)) },
    log && low > 0 && low < Infinity ? logAxis(low, high) : linearAxis(low, high, 5, true),
  ];
}

/** Signs along a line, so that they tell it and do not hide it. */
const SIGNS = 7;

function signs(places: readonly [string, string][], d: string, fill: string): SVGElement[] {
  const every = Math.max(1, Math.ceil(places.length / SIGNS));
  return places
    .filter((_, index) => index % every === 0)
    .map(([x, y]) => s("path", { d, fill, transform: `translate(${x} ${y})` }));
}

function strokes(
  line: Line,
  log: boolean,
  width: number,
  across: (value: number) => number,
  down: (value: number) => number,
): SVGElement[] {
  const out: SVGElement[] = [];
  const rows = extremes([line.y], 0, line.x.length, Math.max(4, Math.floor(1.5 * width)));
  const places: [string, string][] = [];
  for (const row of rows) {
    const value = line.y[row] ?? NaN;
    if (log && value <= 0) continue;
    places.push([across(line.x[row] ?? NaN).toFixed(1), down(value).toFixed(1)]);
  }
  if (places.length > 1) {
    const d = `M${places.map((one) => one.join(" ")).join("L")}`;
    const dashes = line.sign?.dash.join(" ");
    const stroke = line.sign
      ? { "stroke-width": "1.8", ...(dashes && { "stroke-dasharray": dashes }) }
      : STROKES[line.look];
    out.push(s("path", { d, fill: "none", stroke: line.colour, ...stroke }));
  }
  if (line.sign) return [...out, ...signs(places, line.sign.path, line.colour)];
  if (places.length === 1 || (line.look === "dashed" && places.length <= 60)) {
    for (const [cx, cy] of places) out.push(s("circle", { cx, cy, r: 2.6, fill: line.colour }));
  }
  return out;
}
