import { h, s, setAttribute, setText } from "./dom";
import { pointsOf, type Metric } from "./metrics";
import type { RunStore } from "./store";
import type { Theme } from "./theme";

const WIDTH = 120;
const HEIGHT = 26;
const POINTS = 120;

interface Card {
  readonly button: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly value: HTMLElement;
  readonly curve: SVGSVGElement;
}

/** Every quantity as a small curve with its last value; the chosen one is the large chart. */
export class MetricList {
  readonly element: HTMLElement;
  readonly #cards = new Map<string, Card>();
  readonly #choose: (key: string) => void;

  constructor(label: string, choose: (key: string) => void) {
    this.element = h("div", { class: "ft-metrics", role: "radiogroup", "aria-label": label });
    this.#choose = choose;
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Whether it offers these already. */
  has(metrics: readonly Metric[]): boolean {
    return this.#cards.size === metrics.length && metrics.every((one) => this.#cards.has(one.key));
  }

  update(store: RunStore, metrics: readonly Metric[], chosen: string, theme: Theme): void {
    if (!this.has(metrics)) this.#rebuild(metrics);
    for (const metric of metrics) {
      const card = this.#cards.get(metric.key);
      if (!card) continue;
      const is = metric.key === chosen;
      setAttribute(card.button, "aria-checked", String(is));
      setAttribute(card.button, "tabindex", is ? "0" : "-1");
      const told = metric.lines.find((line) => line.look !== "thin") ?? metric.lines[0];
      if (told) draw(card.curve, store, told, theme);
    }
    this.tell(store, metrics);
  }

  /** Write the last values, which agree with the key figures at every moment: of the step, never smoothed. */
  tell(store: RunStore, metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      const card = this.#cards.get(metric.key);
      const last = metric.lines[0];
      if (!card) continue;
      setText(card.name, metric.label);
      setText(card.value, last ? metric.format(store[last.table].last(last.field)) : "");
    }
  }

  #rebuild(metrics: readonly Metric[]): void {
    const focused = [...this.#cards].find(([, one]) => one.button === document.activeElement)?.[0];
    this.#cards.clear();
    for (const { key } of metrics) {
      const name = h("span", { class: "ft-muted" });
      const value = h("span", { class: "ft-metric-value" });
      const curve = s("svg", {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
        "aria-hidden": "true",
      });
      const attributes = { class: "ft-metric", type: "button", role: "radio" };
      const button = h("button", attributes, name, value, curve);
      button.addEventListener("click", () => this.#choose(key));
      this.#cards.set(key, { button, name, value, curve });
    }
    this.element.replaceChildren(...[...this.#cards.values()].map((card) => card.button));
    if (focused) this.#cards.get(focused)?.button.focus();
  }

  #key(event: KeyboardEvent): void {
    const cards = [...this.#cards];
    const here = cards.findIndex(([, card]) => card.button === document.activeElement);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: here + 1,
      ArrowRight: here + 1,
      ArrowUp: here - 1,
      ArrowLeft: here - 1,
      Home: 0,
      End: cards.length - 1,
    };
    const target = moves[event.key];
    if (target === undefined || here < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const [key, card] = cards[(target + cards.length) % cards.length] ?? [];
    if (key === undefined || !card) return;
    this.#choose(key);
    card.button.focus();
  }
}

function draw(
  curve: SVGSVGElement,
  store: RunStore,
  line: Metric["lines"][number],
  theme: Theme,
): void {
  const table = store[line.table];
  const { x, y } = pointsOf(table, "step", line.field, 0, table.count, POINTS);
  let low = Infinity;
  let high = -Infinity;
  for (const value of y) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  // What hardly changes is a line, not a mountain range of its own noise.
  const room = Math.max(high - low, 0.1 * Math.abs(high));
  low = (low + high) / 2 - room / 2;
  const first = x[0] ?? 0;
  const width = (x[x.length - 1] ?? 1) - first || 1;
  const places = Array.from(x, (at, index) => {
    const across = ((at - first) / width) * WIDTH;
    const up = room > 0 ? ((y[index] ?? low) - low) / room : 0.5;
    return `${across.toFixed(1)} ${(HEIGHT - 2 - up * (HEIGHT - 4)).toFixed(1)}`;
  });
  const d = places.length > 1 ? `M${places.join("L")}` : "";
  let path = curve.querySelector("path");
  if (!path) {
    path = s("path", { fill: "none", "stroke-width": 1.25, "vector-effect": "non-scaling-stroke" });
    curve.append(path);
  }
  setAttribute(path, "d", d);
  setAttribute(path, "stroke", theme.colour(line.colour));
}
