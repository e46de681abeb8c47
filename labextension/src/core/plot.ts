import { h } from "./dom";
import type { Look, Points } from "./metrics";
import { logTicks, stride } from "./scale";
import type { LineSign } from "./signs";
import { numberWords } from "./sketch";
import type { Area, Line, Picture, Surface } from "./surface";

interface PlotlyAxis {
  readonly _offset: number;
  readonly _length: number;
  readonly range: readonly [number, number];
  readonly autorange: boolean | string | undefined;
  p2d(pixel: number): number;
  d2p(value: number): number;
}

/** An element that Plotly has drawn into. */
type Graph = HTMLElement & {
  readonly _fullLayout?: { readonly xaxis: PlotlyAxis; readonly yaxis: PlotlyAxis };
  on?(event: string, then: () => void): void;
};

type Options = Readonly<Record<string, unknown>>;

/** As much of Plotly as is used here; the version is pinned, and built into the package. */
export interface Plotly {
  react(graph: Graph, data: readonly Options[], layout: Options, config: Options): Promise<unknown>;
  extendTraces(graph: Graph, update: Options, indices: readonly number[]): Promise<unknown>;
  relayout(graph: Graph, update: Options): Promise<unknown>;
  purge(graph: Graph): void;
}

export function isPlotly(value: unknown): value is Plotly {
  return typeof value === "object" && value !== null && "extendTraces" in value;
}

const LOOKS: Readonly<Record<Look, Options>> = {
  thin: { width: 1 },
  thick: { width: 2 },
  dashed: { width: 1.6, dash: "5px,3px" },
};
const FEW = 60;
const MARGIN = { l: 46, r: 10, t: 8, b: 22, pad: 0 };

/** A drawing by Plotly: it can be zoomed, and grows by the points that are new. */
export class Plot implements Surface {
  readonly #plotly: Plotly;
  readonly #graph: Graph;
  readonly #looked: () => void;
  #log = false;
  #subject = "";
  /** Ends of the positive values that are drawn. */
  #low = Infinity;
  #high = -Infinity;
  #ticks = "";
  /** Whether there is nothing between two whole values along the bottom. */
  #whole = false;
  /** How far apart values are named along the bottom. */
  #stride = 0;
  #first = Infinity;
  #last = -Infinity;

  /** @param looked called when the reader has zoomed */
  constructor(plotly: Plotly, place: HTMLElement, looked: () => void) {
    this.#plotly = plotly;
    this.#graph = place.appendChild(h("div", { class: "ft-plot-surface" }));
    this.#looked = looked;
  }

  draw(picture: Picture): void {
    const fresh = !this.#graph._fullLayout;
    const data = picture.lines.map(trace);
    const zoomed = picture.subject === this.#subject;
    this.#log = picture.log;
    this.#subject = picture.subject;
    [this.#low, this.#high] = [Infinity, -Infinity];
    [this.#first, this.#last] = [Infinity, -Infinity];
    for (const line of picture.lines) this.#widen(line);
    const ticks = this.#logTicks(zoomed);
    this.#ticks = ticks.join();
    this.#whole = picture.whole;
    this.#stride = this.#wantedStride(zoomed);
    const wanted = layout(picture, this.#graph, ticks, this.#stride);
    void this.#plotly.react(this.#graph, data, wanted, CONFIG);
    if (fresh) {
      this.#graph.on?.("plotly_relayout", this.#looked);
      this.#graph.on?.("plotly_doubleclick", this.#looked);
    }
  }

  extend(more: readonly (Points | null)[]): void {
    const indices: number[] = [];
    const x: Float64Array[] = [];
    const y: Float64Array[] = [];
    more.forEach((points, index) => {
      if (!points?.x.length) return;
      indices.push(index);
      x.push(points.x);
      y.push(points.y);
      this.#widen(points);
    });
    if (!indices.length) return;
    void this.#plotly.extendTraces(this.#graph, { x, y }, indices);
    const stride = this.#wantedStride(true);
    if (stride !== this.#stride) {
      this.#stride = stride;
      void this.#plotly.relayout(this.#graph, inFull("xaxis", named(stride)));
    }
    const ticks = this.#logTicks(true);
    if (ticks.join() === this.#ticks) return;
    this.#ticks = ticks.join();
    const at = { "yaxis.tickvals": ticks, "yaxis.ticktext": ticks.map(numberWords) };
    void this.#plotly.relayout(this.#graph, at);
  }

  #widen({ x, y }: Points): void {
    this.#first = Math.min(this.#first, x[0] ?? Infinity);
    this.#last = Math.max(this.#last, x[x.length - 1] ?? -Infinity);
    for (const value of y) {
      if (value <= 0) continue;
      this.#low = Math.min(this.#low, value);
      this.#high = Math.max(this.#high, value);
    }
  }

  /** What a logarithmic axis names of what is seen: Plotly leaves it bare within one power of ten. */
  #logTicks(zoomed: boolean): number[] {
    if (!this.#log) return [];
    const axis = this.#graph._fullLayout?.yaxis;
    const range = zoomed && axis?.autorange === false ? axis.range : null;
    return range ? logTicks(10 ** range[0], 10 ** range[1]) : logTicks(this.#low, this.#high);
  }

  /** How far apart values are to be named along what is seen of the bottom. */
  #wantedStride(zoomed: boolean): number {
    const seen = zoomed ? this.range() : null;
    const [low, high] = seen ?? [this.#first, this.#last];
    const width = (this.#graph.clientWidth || 400) - MARGIN.l - MARGIN.r;
    return stride(Math.min(low, high), Math.max(low, high), width, this.#whole);
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#graph;
    if (!this.#graph._fullLayout || !width || !height) return;
    this.#stride = this.#wantedStride(true);
    const names = inFull("xaxis", named(this.#stride));
    void this.#plotly.relayout(this.#graph, { width, height, ...names });
  }

  area(): Area {
    const { xaxis, yaxis } = this.#graph._fullLayout ?? {};
    return {
      left: xaxis?._offset ?? 0,
      top: yaxis?._offset ?? 0,
      width: xaxis?._length ?? 0,
      height: yaxis?._length ?? 0,
    };
  }

  toPixel(x: number): number {
    const axis = this.#graph._fullLayout?.xaxis;
    return axis ? axis._offset + axis.d2p(x) : NaN;
  }

  toValue(pixel: number): number {
    const axis = this.#graph._fullLayout?.xaxis;
    return axis ? axis.p2d(pixel - axis._offset) : NaN;
  }

  range(): [number, number] | null {
    const axis = this.#graph._fullLayout?.xaxis;
    return axis && axis.autorange === false ? [axis.range[0], axis.range[1]] : null;
  }

  reset(): void {
    void this.#plotly.relayout(this.#graph, { "xaxis.autorange": true, "yaxis.autorange": true });
  }

  dispose(): void {
    this.#plotly.purge(this.#graph);
    this.#graph.remove();
  }
}

const CONFIG: Options = {
  displayModeBar: false,
  displaylogo: false,
  responsive: false,
  showTips: false,
  doubleClick: "autosize",
};

/** Signs along a line, so that they tell it and do not hide it. */
const SIGNS = 7;

function trace(line: Line): Options {
  if (line.sign) return signed(line, line.sign);
  const dots = line.x.length === 1 || (line.look === "dashed" && line.x.length <= FEW);
  return {
    type: "scatter",
    mode: dots ? "lines+markers" : "lines",
    x: line.x,
    y: line.y,
    line: { color: line.colour, ...LOOKS[line.look] },
    opacity: line.look === "thin" ? 0.75 : 1,
    marker: { color: line.colour, size: 5.5 },
    hoverinfo: "skip",
  };
}

function signed({ x, y, colour }: Line, { dash, symbol }: LineSign): Options {
  return {
    type: "scatter",
    mode: "lines+markers",
    x,
    y,
    line: { color: colour, width: 1.8, dash: dash.map((one) => `${one}px`).join(",") || "solid" },
    marker: { color: colour, symbol, size: 8, maxdisplayed: SIGNS },
    hoverinfo: "skip",
  };
}

/** Which values an axis names: multiples of a stride. */
function named(stride: number): Options {
  return stride > 0
    ? { tickmode: "linear", tick0: 0, dtick: stride }
    : { tickmode: "auto", dtick: null };
}

/** Parts of a layout by their whole names, as `relayout` wants them. */
function inFull(part: string, options: Options): Options {
  return Object.fromEntries(Object.entries(options).map(([name, one]) => [`${part}.${name}`, one]));
}

function layout(
  picture: Picture,
  graph: HTMLElement,
  ticks: readonly number[],
  stride: number,
): Options {
  const { text, line, font } = picture.theme;
  const shared = {
    zeroline: false,
    ticks: "",
    showline: false,
    tickfont: { size: 11 },
    exponentformat: "e",
    automargin: false,
    ticklabeloverflow: "allow",
  };
  const short = { tickformat: "~s" };
  return {
    width: graph.clientWidth || 400,
    height: graph.clientHeight || 240,
    margin: MARGIN,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font, size: 11, color: text },
    showlegend: false,
    hovermode: false,
    // A finger scrolls the page past the chart.
    dragmode: window.matchMedia("(pointer: coarse)").matches ? false : "zoom",
    uirevision: picture.subject,
    xaxis: {
      ...shared,
      ...(picture.across === "short" ? short : {}),
      ...named(stride),
      tickangle: 0,
      showgrid: false,
      autorange: true,
    },
    yaxis: {
      ...shared,
      gridcolor: line,
      nticks: 6,
      type: picture.log ? "log" : "linear",
      ...(ticks.length
        ? { tickmode: "array", tickvals: ticks, ticktext: ticks.map(numberWords) }
        : {}),
    },
  };
}
