/* The curve of a run in a row: the loss at a few steps, without axes. */
import { s, setAttribute } from "../../core/dom";

export const WIDTH = 64;
export const HEIGHT = 26;
const EDGE = 2;

/** The path of a curve; one number is a level line, none is nothing. */
export function pathOf(values: readonly number[], width = WIDTH, height = HEIGHT): string {
  const sound = values.filter(Number.isFinite);
  const first = sound[0];
  if (first === undefined) return "";
  let low = Math.min(...sound);
  const high = Math.max(...sound);
  // What hardly changes is a line, not a mountain range of its own noise.
  const room = Math.max(high - low, 0.1 * Math.abs(high));
  low = (low + high - room) / 2;
  const places = sound.length === 1 ? [first, first] : sound;
  const across = (index: number) => (index / (places.length - 1)) * width;
  const down = (value: number) =>
    height - EDGE - (room > 0 ? (value - low) / room : 0.5) * (height - 2 * EDGE);
  return `M${places.map((one, i) => `${across(i).toFixed(1)} ${down(one).toFixed(1)}`).join("L")}`;
}

/** A curve that is drawn again only where its numbers change; read out in the row's words. */
export class Sparkline {
  readonly #path = s("path", {
    fill: "none",
    "stroke-width": 1.5,
    "vector-effect": "non-scaling-stroke",
  });
  readonly element = s(
    "svg",
    {
      class: "ft-runs-curve",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    this.#path,
  );

  update(values: readonly number[]): void {
    setAttribute(this.#path, "d", pathOf(values));
  }
}
