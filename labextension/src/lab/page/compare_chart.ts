/* The curves of several runs in one chart, drawn by the same surfaces as a run's own. */
import { Disposal, h, setAttribute, setText, show } from "../../core/dom";
import { unitOf, type Across, type Points, type Unit } from "../../core/metrics";
import { isPlotly, Plot } from "../../core/plot";
import type { Session } from "../../core/session";
import type { LineSign } from "../../core/signs";
import { Sketch } from "../../core/sketch";
import type { RunStore } from "../../core/store";
import type { Surface } from "../../core/surface";
import type { Say } from "../../core/texts";
import { themeOf, watchTheme, type Theme } from "../../core/theme";
import { acrossOfAll, lastOf, quantitiesOf, seriesOf, type Quantity } from "./merged";
import { Reading } from "./reading";

/** Points of each line. */
const KEPT = 800;
/** Numbers along the bottom from here on are shortened: 20k. */
const LONG = 10_000;

/** One run in the chart. */
export interface Drawn {
  readonly name: string;
  readonly store: RunStore;
  readonly sign: LineSign;
}

/** What a reader has chosen to see. */
export interface Choice {
  readonly quantity: string;
  readonly across: Across;
  readonly log: boolean;
}

export class CompareChart {
  readonly element: HTMLElement;
  readonly #say: Say;
  readonly #changed: (choice: Choice) => void;
  readonly #until = new Disposal();
  readonly #plot = h("div", { class: "ft-plot" });
  readonly #image = h("div", { class: "ft-plot-image", role: "img" });
  readonly #none = h("p", { class: "ft-muted ft-page-none", role: "status" });
  readonly #along = h("div", { class: "ft-muted ft-tiny ft-signs" });
  readonly #what: HTMLSelectElement;
  readonly #where: HTMLSelectElement;
  readonly #log: HTMLButtonElement;
  readonly #unzoom: HTMLButtonElement;
  readonly #reading: Reading;
  #surface: Surface;
  #former: Surface | null = null;
  #theme: Theme | null = null;
  #runs: readonly Drawn[] = [];
  #choice: Choice;
  #unit: Unit = unitOf("step", 0);
  #subject = "";
  #unneed: (() => void) | null = null;

  /** @param changed told of another choice, so that it can be kept */
  constructor(say: Say, choice: Choice, changed: (choice: Choice) => void) {
    this.#say = say;
    this.#choice = choice;
    this.#changed = changed;
    this.#surface = new Sketch(this.#image);
    const field = { class: "ft-field ft-field-quiet" };
    this.#what = h("select", { ...field, "aria-label": say("live.metric.label") });
    this.#where = h("select", { ...field, "aria-label": say("live.across.label") });
    const quiet = { class: "ft-button ft-button-quiet", type: "button" };
    const help = say("live.chart.log_help");
    this.#log = h("button", { ...quiet, "aria-pressed": "false", title: help });
    setText(this.#log, say("live.chart.log"));
    this.#unzoom = h("button", { ...quiet, hidden: true }, say("live.chart.unzoom"));
    this.#reading = new Reading(this.#plot, say, this.#until);
    this.#plot.append(this.#image, this.#reading.element);
    this.element = h(
      "div",
      { class: "ft-chart ft-page-curves" },
      h(
        "div",
        { class: "ft-chart-heading" },
        this.#what,
        h("div", { class: "ft-row" }, this.#unzoom, this.#log, this.#where),
      ),
      this.#plot,
      this.#none,
      this.#along,
    );
    this.#listen();
  }

  dispose(): void {
    this.#until.dispose();
    this.#unneed?.();
    this.#former?.dispose();
    this.#surface.dispose();
  }

  /** Have the chart library asked for by one of the sessions; the simple drawing is there until it comes. */
  needs(session: Session): void {
    this.#unneed ??= session.need("plotly", (plotly) => {
      if (!isPlotly(plotly)) return;
      this.#former = this.#surface;
      this.#surface = new Plot(plotly, this.#image, () => this.update(this.#runs));
      this.update(this.#runs);
    });
  }

  /** Draw these runs; the zoom stays. */
  update(runs: readonly Drawn[]): void {
    this.#runs = runs;
    if (!this.element.isConnected) return;
    const stores = runs.map((one) => one.store);
    const quantities = quantitiesOf(stores, this.#say);
    const quantity = quantities.find((one) => one.key === this.#choice.quantity) ?? quantities[0];
    show(this.#plot, quantity !== undefined);
    show(this.#none, quantity === undefined);
    setText(this.#none, quantity ? "" : this.#say("lab_page.no_curves"));
    this.#offer(quantities, quantity, acrossOfAll(stores));
    if (quantity) this.#draw(quantity, this.#theme ?? (this.#theme = themeOf(this.element)));
  }

  #draw(quantity: Quantity, theme: Theme): void {
    const { log } = this.#choice;
    const across = this.#where.value as Across;
    const stores = this.#runs.map((one) => one.store);
    const subject = [quantity.key, across, log].join("|");
    const seen = subject === this.#subject ? this.#surface.range() : null;
    const { size } = this.#unit;
    const range = seen ? ([seen[0] * size, seen[1] * size] as const) : null;
    const last = lastOf(stores, across);
    this.#unit = unitOf(across, last);
    this.#subject = subject;
    const isShort = across === "tokens" || last / this.#unit.size >= LONG;
    const lines = this.#runs.map(({ store, sign }) => ({
      ...this.#scaled(seriesOf(store, quantity, across, KEPT, range)),
      look: "thick" as const,
      colour: theme.colour(sign.colour),
      sign,
    }));
    const whole = across === "step";
    const written = isShort ? "short" : "number";
    this.#surface.draw({ lines, log, subject, across: written, whole, theme });
    this.#former?.dispose();
    this.#former = null;
    show(this.#unzoom, this.#surface.range() !== null);
    setText(this.#along, `→ ${this.#say(`live.unit.${this.#unit.name}`)}`);
    setAttribute(this.#image, "aria-label", this.#words(quantity));
    const unit = this.#unit.size;
    const surface = this.#surface;
    this.#reading.place({
      runs: this.#runs,
      quantity,
      across,
      theme,
      area: () => surface.area(),
      toPixel: (x) => surface.toPixel(x / unit),
      toValue: (pixel) => surface.toValue(pixel) * unit,
    });
  }

  #scaled({ x, y }: Points): Points {
    const { size } = this.#unit;
    return size === 1 ? { x, y } : { x: x.map((one) => one / size), y };
  }

  /** What the chart shows, for who does not see it. */
  #words(quantity: Quantity): string {
    const about = this.#runs.map(({ name, store }) => {
      const last = quantity.format(store[quantity.table].last(quantity.field));
      return this.#say("live.mark.of", { name, detail: last });
    });
    return [quantity.label, ...about].join(". ");
  }

  #offer(
    quantities: readonly Quantity[],
    chosen: Quantity | undefined,
    across: readonly Across[],
  ): void {
    const options = quantities.map(({ key, label }) => [key, label] as const);
    fill(this.#what, options, chosen?.key ?? "");
    const places = across.map((one) => [one, this.#say(`live.across.${one}`)] as const);
    const { across: wanted } = this.#choice;
    fill(this.#where, places, across.includes(wanted) ? wanted : "step");
    setAttribute(this.#log, "aria-pressed", String(this.#choice.log));
  }

  #choose(choice: Partial<Choice>): void {
    this.#choice = { ...this.#choice, ...choice };
    this.#changed(this.#choice);
    this.update(this.#runs);
  }

  #listen(): void {
    const until = this.#until;
    until.listen(this.#what, "change", () => this.#choose({ quantity: this.#what.value }));
    until.listen(this.#where, "change", () => {
      this.#choose({ across: this.#where.value as Across });
    });
    until.listen(this.#log, "click", () => this.#choose({ log: !this.#choice.log }));
    until.listen(this.#unzoom, "click", () => {
      this.#surface.reset();
      this.#where.focus();
    });
    watchTheme(() => {
      this.#theme = null;
      this.update(this.#runs);
    }, until);
    if (typeof ResizeObserver !== "undefined") {
      const observer = new ResizeObserver(() => {
        this.#surface.resize();
        this.update(this.#runs);
      });
      observer.observe(this.#plot);
      until.add(() => observer.disconnect());
    }
  }
}

/** Offer choices, and touch them only where they are others. */
function fill(
  select: HTMLSelectElement,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
): void {
  const now = options.flat().join("\n");
  if (select.dataset.offered !== now) {
    select.dataset.offered = now;
    select.replaceChildren(...options.map(([value, label]) => h("option", { value }, label)));
  }
  if (select.value !== chosen) select.value = chosen;
}
