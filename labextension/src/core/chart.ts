import { h, setAttribute, setText, show, type Disposal } from "./dom";
import type { Language } from "./language";
import {
  acrossOf,
  metricsOf,
  outsideOf,
  pointsOf,
  unitOf,
  type Across,
  type Metric,
  type Points,
  type Unit,
} from "./metrics";
import { MetricList } from "./metric_list";
import { Overlay, signWords } from "./overlay";
import { isPlotly, Plot } from "./plot";
import type { Session } from "./session";
import { sampleOf, Sketch } from "./sketch";
import type { Surface } from "./surface";
import type { Say } from "./texts";
import { themeOf, watchTheme, type Theme } from "./theme";

/**
 * Points that a line may grow to before it is drawn anew with fewer: some for each pixel of the widest chart. Who
 * zooms gets the points of what is looked at.
 */
const MOST = 2_000;
/** Points that a line is drawn anew with. */
const KEPT = 1_000;
/** Milliseconds between two drawings of the small curves. */
const CALM = 1_000;
/** Numbers along the bottom from here on are shortened: 20k. */
const LONG = 10_000;

/** The rows of a line that are drawn, and how many points they became. */
interface Drawn {
  version: number;
  rows: number;
  points: number;
}

/** The curves of a run: one large chart, its controls, and all quantities to choose from. */
export class RunChart {
  readonly element: HTMLElement;
  readonly #session: Session;
  readonly #say: Say;
  readonly #plot = h("div", { class: "ft-plot" });
  readonly #image = h("div", { class: "ft-plot-image", role: "img" });
  readonly #title = h("p", { class: "ft-chart-title" });
  readonly #legend = h("div", { class: "ft-legend" });
  readonly #signs = h("div", { class: "ft-muted ft-tiny ft-signs" });
  readonly #select: HTMLSelectElement;
  readonly #log: HTMLButtonElement;
  readonly #unzoom: HTMLButtonElement;
  readonly #list: MetricList;
  readonly #overlay: Overlay;
  #surface: Surface;
  /** What was drawn until now, and is seen until the new surface has drawn. */
  #former: Surface | null = null;
  /** Whether all must be drawn anew, as soon as the chart can be seen. */
  #isStale = true;
  #theme: Theme | null = null;
  #chosen = "loss";
  #across: Across = "step";
  #isLog = false;
  #isShort = false;
  #unit: Unit = unitOf("step", 0);
  #subject = "";
  #drawn: Drawn[] = [];
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session, say: Say, language: Language, until: Disposal) {
    this.#session = session;
    this.#say = say;
    this.#surface = new Sketch(this.#image);
    this.#select = h("select", {
      class: "ft-field ft-field-quiet",
      "aria-label": say("live.across.label"),
    });
    this.#log = h(
      "button",
      {
        class: "ft-button ft-button-quiet",
        type: "button",
        "aria-pressed": "false",
        title: say("live.chart.log_help"),
      },
      say("live.chart.log"),
    );
    this.#unzoom = h(
      "button",
      { class: "ft-button ft-button-quiet", type: "button", hidden: true },
      say("live.chart.unzoom"),
    );
    this.#overlay = new Overlay(this.#plot, say, language, until);
    this.#list = new MetricList(say("live.metric.label"), (key) => {
      this.#chosen = key;
      this.update(true);
    });
    this.#plot.append(this.#image, this.#overlay.element);
    const controls = h("div", { class: "ft-row" }, this.#unzoom, this.#log, this.#select);
    this.element = h(
      "div",
      { class: "ft-charts" },
      h(
        "div",
        { class: "ft-chart" },
        h("div", { class: "ft-chart-heading" }, this.#title, controls),
        this.#legend,
        this.#plot,
        this.#signs,
      ),
      this.#list.element,
    );
    this.#listen(until);
  }

  /** Draw what is new; everything where `anew`. */
  update(anew = false): void {
    this.#isStale ||= anew;
    if (!this.element.isConnected || this.element.hidden) return;
    const { store } = this.#session;
    const theme = (this.#theme ??= themeOf(this.element));
    const metrics = metricsOf(store, this.#say);
    const metric = metrics.find((one) => one.key === this.#chosen) ?? metrics[0];
    if (!metric) return;
    this.#offer();
    const subject = [metric.key, this.#across, this.#isLog].join("|");
    const outside = outsideOf(store, metric);
    const lines = [...metric.lines.map((line) => line.field + line.look), outside].join();
    const whole = this.#isStale || subject !== this.#subject || !this.#canExtend(metric);
    if (whole) this.#draw(metric, theme);
    else this.#extend(metric);
    if (subject !== this.#subject || this.#legend.dataset.lines !== lines) {
      this.#legend.dataset.lines = lines;
      this.#drawLegend(metric, theme, outside);
    }
    this.#subject = subject;
    this.#overlay.place({ store, metric, across: this.#across, surface: this.#inUnit() });
    show(this.#unzoom, this.#surface.range() !== null);
    const { name } = this.#unit;
    const along = `→ ${this.#say(`live.unit.${name}`)}`;
    setText(this.#signs, [along, signWords(store.marks, this.#say)].filter(Boolean).join("   "));
    if (whole || this.#later === undefined || !this.#list.has(metrics)) this.#drawSeldom();
    else this.#list.tell(store, metrics);
  }

  /** Draw the small curves, and again a while after the large one has changed. */
  #drawSeldom(): void {
    const { store } = this.#session;
    const metrics = metricsOf(store, this.#say);
    const metric = metrics.find((one) => one.key === this.#chosen) ?? metrics[0];
    if (!metric || !this.#theme) return;
    this.#list.update(store, metrics, metric.key, this.#theme);
    setAttribute(this.#image, "aria-label", this.#words(metric));
    const drawn = this.#state();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.#later = undefined;
      if (this.#state() !== drawn) this.#drawSeldom();
    }, CALM);
  }

  /** Differs whenever the rows do. */
  #state(): string {
    const { train, evaluations } = this.#session.store;
    return [train.version, train.count, evaluations.version, evaluations.count].join();
  }

  dispose(): void {
    clearTimeout(this.#later);
    this.#former?.dispose();
    this.#surface.dispose();
  }

  #listen(until: Disposal): void {
    until.listen(this.#select, "change", () => {
      this.#across = this.#select.value as Across;
      this.update(true);
    });
    until.listen(this.#log, "click", () => {
      this.#isLog = !this.#isLog;
      setAttribute(this.#log, "aria-pressed", String(this.#isLog));
      this.update(true);
    });
    until.listen(this.#unzoom, "click", () => {
      this.#surface.reset();
      this.#select.focus();
    });
    watchTheme(() => {
      this.#theme = null;
      this.update(true);
    }, until);
    if (typeof ResizeObserver !== "undefined") {
      const observer = new ResizeObserver(() => {
        this.#surface.resize();
        this.update();
      });
      observer.observe(this.#plot);
      until.add(() => observer.disconnect());
    }
    until.add(
      this.#session.need("plotly", (plotly) => {
        if (!isPlotly(plotly)) return;
        this.#former = this.#surface;
        this.#surface = new Plot(plotly, this.#image, () => this.update(true));
        this.update(true);
      }),
    );
  }

  /** The choices for the bottom that there are values for. */
  #offer(): void {
    const offered = acrossOf(this.#session.store);
    if (this.#select.options.length === offered.length) return;
    this.#select.replaceChildren(
      ...offered.map((one) => h("option", { value: one }, this.#say(`live.across.${one}`))),
    );
    if (!offered.includes(this.#across)) this.#across = "step";
    this.#select.value = this.#across;
  }

  #newUnit(): Unit {
    return unitOf(this.#across, this.#session.store.train.last(this.#across));
  }

  /** The surface as it would be if it counted in the units of the rows. */
  #inUnit(): Pick<Surface, "area" | "toPixel" | "toValue"> {
    const surface = this.#surface;
    const { size } = this.#unit;
    return {
      area: () => surface.area(),
      toPixel: (x) => surface.toPixel(x / size),
      toValue: (pixel) => surface.toValue(pixel) * size,
    };
  }

  /** Whether the numbers along the bottom would take more room than there is. */
  #wantsShort(): boolean {
    const last = this.#session.store.train.last(this.#across);
    return this.#across === "tokens" || last / this.#unit.size >= LONG;
  }

  #canExtend(metric: Metric): boolean {
    return (
      this.#isShort === this.#wantsShort() &&
      this.#newUnit().name === this.#unit.name &&
      this.#drawn.length === metric.lines.length &&
      metric.lines.every((line, index) => {
        const drawn = this.#drawn[index];
        const table = this.#session.store[line.table];
        return drawn?.version === table.version && drawn.points + table.count - drawn.rows <= MOST;
      })
    );
  }

  #draw(metric: Metric, theme: Theme): void {
    const { store } = this.#session;
    const subject = [metric.key, this.#across, this.#isLog].join("|");
    const seen = subject === this.#subject ? this.#surface.range() : null;
    const range = seen ? ([seen[0] * this.#unit.size, seen[1] * this.#unit.size] as const) : null;
    this.#unit = this.#newUnit();
    this.#drawn = [];
    const lines = metric.lines.map((line) => {
      const table = store[line.table];
      const across = this.#scaled(
        pointsOf(table, this.#across, line.field, 0, table.count, KEPT, range),
      );
      this.#drawn.push({ version: table.version, rows: table.count, points: across.x.length });
      return { ...across, look: line.look, colour: theme.colour(line.colour) };
    });
    this.#isShort = this.#wantsShort();
    const across = this.#isShort ? "short" : "number";
    setText(this.#title, metric.label);
    this.#isStale = true; // also where the drawing fails
    const whole = this.#across === "step";
    this.#surface.draw({ lines, log: this.#isLog, subject, across, whole, theme });
    this.#isStale = false;
    this.#former?.dispose();
    this.#former = null;
  }

  #extend(metric: Metric): void {
    const { store } = this.#session;
    const more = metric.lines.map((line, index): Points | null => {
      const table = store[line.table];
      const drawn = this.#drawn[index];
      if (!drawn || table.count === drawn.rows) return null;
      const points = pointsOf(table, this.#across, line.field, drawn.rows, table.count, KEPT);
      drawn.rows = table.count;
      drawn.points += points.x.length;
      return this.#scaled(points);
    });
    if (!more.some((points) => points?.x.length)) return;
    this.#isStale = true; // where the drawing fails, these points are in the next one
    this.#surface.extend(more);
    this.#isStale = false;
  }

  #scaled(points: Points): Points {
    const { size } = this.#unit;
    return size === 1 ? points : { x: points.x.map((x) => x / size), y: points.y };
  }

  #drawLegend(metric: Metric, theme: Theme, outside: number): void {
    const entries = metric.lines.map((line) =>
      h("span", {}, sampleOf(line.look, theme.colour(line.colour)), line.label),
    );
    this.#legend.replaceChildren(...(metric.lines.length > 1 ? entries : []));
    if (outside === 0) return;
    this.#legend.append(h("span", {}, `▲ ${this.#say("views.chart.outside", { count: outside })}`));
  }

  /** What the chart shows, for who does not see it. */
  #words(metric: Metric): string {
    const { store } = this.#session;
    const about = metric.lines
      .filter((line) => line.look !== "thick" || metric.lines.length === 1)
      .map((line) => {
        const table = store[line.table];
        const { x, y } = pointsOf(table, "step", line.field, 0, table.count, KEPT);
        if (x.length === 0) return "";
        let lowest = 0;
        for (let at = 1; at < y.length; at++) if ((y[at] ?? 0) < (y[lowest] ?? 0)) lowest = at;
        const last = x.length - 1;
        return this.#say("views.chart.about", {
          what: line.label,
          first: metric.format(y[0] ?? NaN),
          first_step: x[0] ?? 0,
          last: metric.format(y[last] ?? NaN),
          last_step: x[last] ?? 0,
          lowest: metric.format(y[lowest] ?? NaN),
          lowest_step: x[lowest] ?? 0,
        });
      });
    return [metric.label, ...about.filter(Boolean)].join(". ");
  }
}
