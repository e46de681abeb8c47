import { count, dataSize, duration, shortCount, significant } from "./format";
import { extremes, lowerBound } from "./reduce";
import type { RunStore } from "./store";
import { PLACES, type Table } from "./table";
import type { Say } from "./texts";
import type { TableName } from "./wire";

/** How a line is drawn; told apart by its stroke as well as by its colour. */
export type Look = "thin" | "thick" | "dashed";

export interface LineSpec {
  readonly table: TableName;
  readonly field: string;
  readonly look: Look;
  /** A token of the style sheet, without `--ft-`. */
  readonly colour: string;
  readonly label: string;
}

/** One quantity that can be looked at: what is drawn for it, and how its values are written. */
export interface Metric {
  readonly key: string;
  readonly label: string;
  readonly lines: readonly LineSpec[];
  readonly format: (value: number) => string;
}

/** What may lie along the bottom. */
export type Across = "step" | "tokens" | "elapsed" | "epoch";

export const ACROSS: readonly Across[] = ["step", "tokens", "elapsed", "epoch"];

const KNOWN = ["learning_rate", "grad_norm", "tokens_per_second", "memory_bytes"] as const;
const COLOURS: Readonly<Record<string, string>> = {
  learning_rate: "teal",
  grad_norm: "violet",
  tokens_per_second: "green",
  memory_bytes: "amber",
};
const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  tokens_per_second: count,
  memory_bytes: dataSize,
};
/** Drawn with the loss, or said elsewhere. */
const NOT_ALONE: ReadonlySet<string> = new Set([
  ...PLACES,
  "loss",
  "smoothed",
  "trained_tokens",
  "eta_seconds",
  "seconds",
]);

/** Every quantity of a run that has a value by now, the loss first. */
export function metricsOf(store: RunStore, say: Say): Metric[] {
  const out: Metric[] = [lossOf(store, say)];
  const fields = store.train.fields.filter((field) => !NOT_ALONE.has(field));
  const known = KNOWN.filter((field) => fields.includes(field));
  const others = fields.filter((field) => !(KNOWN as readonly string[]).includes(field)).sort();
  for (const field of [...known, ...others]) {
    if (Number.isNaN(store.train.last(field))) continue;
    const label = known.includes(field as never) ? say(`live.metric.${field}`) : field;
    out.push(single(field, "train", field, label, COLOURS[field] ?? "blue"));
  }
  for (const field of store.evaluations.fields.filter((one) => !NOT_ALONE.has(one)).sort()) {
    if (Number.isNaN(store.evaluations.last(field))) continue;
    const label = say("live.metric.of_evaluation", { name: field });
    out.push(single(`evaluations.${field}`, "evaluations", field, label, "orange"));
  }
  return out;
}

function single(
  key: string,
  table: TableName,
  field: string,
  label: string,
  colour: string,
): Metric {
  const look = table === "train" ? "thick" : "dashed";
  const format = FORMATS[field] ?? ((value: number) => significant(value, 3));
  return { key, label, lines: [{ table, field, look, colour, label }], format };
}

function lossOf(store: RunStore, say: Say): Metric {
  const lines: LineSpec[] = [];
  const add = (table: TableName, field: string, look: Look, colour: string, label: string) => {
    if (Number.isNaN(store[table].last(field))) return;
    lines.push({ table, field, look, colour, label });
  };
  add("train", "loss", "thin", "blue", say("views.chart.each_step"));
  if (store.train.count > 1) {
    add("train", "smoothed", "thick", "blue", say("live.line.smoothed"));
  }
  add("evaluations", "loss", "dashed", "orange", say("views.chart.held_out"));
  return { key: "loss", label: say("live.metric.loss"), lines, format: (v) => significant(v, 4) };
}

/** What may lie along the bottom of this run's charts. */
export function acrossOf(store: RunStore): Across[] {
  return ACROSS.filter((one) => one === "step" || !Number.isNaN(store.train.last(one)));
}

/** In how many seconds, or whatever it is, the numbers along the bottom count. */
export interface Unit {
  readonly size: number;
  /** The text that names it, after `live.unit.`. */
  readonly name: string;
}

/** A unit in which the largest value is a number of few digits. */
export function unitOf(across: Across, last: number): Unit {
  if (across !== "elapsed") return { size: 1, name: across };
  if (last > 3 * 3600) return { size: 3600, name: "hours" };
  return last > 180 ? { size: 60, name: "minutes" } : { size: 1, name: "seconds" };
}

/** A place along the bottom in words. */
export function placeWords(across: Across, value: number, say: Say): string {
  if (across === "step") return say("views.step", { step: count(value) });
  if (across === "epoch") return say("views.epoch", { epoch: value.toFixed(2) });
  if (across === "elapsed") return duration(value, say);
  return say("live.across.tokens_at", { count: shortCount(value) });
}

/** A loss beyond this is no loss of a model, as `views/series.py` has it: it would flatten the whole curve. */
const IMPLAUSIBLE = 1e4;

/** Whether a value of a field belongs in a chart. */
export function isPlausible(field: string, value: number): boolean {
  return field !== "loss" || !(Math.abs(value) > IMPLAUSIBLE);
}

/** How many values of a quantity are drawn nowhere, since they lie far outside. */
export function outsideOf(store: RunStore, metric: Metric): number {
  let found = 0;
  for (const { table, field } of metric.lines) {
    if (field !== "loss") continue;
    const { count } = store[table];
    const values = store[table].column(field);
    for (let row = 0; row < count; row++) {
      if (Number.isFinite(values[row]) && !isPlausible(field, values[row] ?? 0)) found++;
    }
  }
  return found;
}

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The points of a line in some rows, at most `most` of them beside the ones that cannot be drawn.
 *
 * @param range where the reader looks closely: points there are taken in more detail
 */
export function pointsOf(
  table: Table,
  across: Across,
  field: string,
  from: number,
  to: number,
  most: number,
  range: readonly [number, number] | null = null,
): Points {
  const xs = table.column(across);
  const ys = table.column(field);
  if (xs.length === 0 || ys.length === 0) return { x: new Float64Array(0), y: new Float64Array(0) };
  const chosen: number[] = [];
  if (range === null) {
    chosen.push(...extremes([ys], from, to, most));
  } else {
    const start = Math.max(from, lowerBound(xs, to, range[0]) - 1);
    const end = Math.max(start, Math.min(to, lowerBound(xs, to, range[1]) + 1));
    const around = Math.floor(most / 8);
    chosen.push(...extremes([ys], from, start, around));
    chosen.push(...extremes([ys], start, end, most - 2 * around));
    chosen.push(...extremes([ys], end, to, around));
  }
  const x = new Float64Array(chosen.length);
  const y = new Float64Array(chosen.length);
  let length = 0;
  for (const row of chosen) {
    const across = xs[row] ?? NaN;
    const value = ys[row] ?? NaN;
    if (!Number.isFinite(across) || !Number.isFinite(value)) continue;
    if (!isPlausible(field, value)) continue;
    x[length] = across;
    y[length++] = value;
  }
  return { x: x.subarray(0, length), y: y.subarray(0, length) };
}

/** Where a step lies along the bottom: between the rows around it; NaN where that is unknown. */
export function placeOf(table: Table, across: Across, step: number): number {
  if (across === "step") return step;
  const steps = table.column("step");
  const xs = table.column(across);
  if (steps.length === 0 || xs.length === 0) return NaN;
  const right = lowerBound(steps, steps.length, step);
  if (right >= steps.length) return xs[steps.length - 1] ?? NaN;
  const x1 = xs[right] ?? NaN;
  const s1 = steps[right] ?? NaN;
  if (right === 0 || s1 === step) return x1;
  const s0 = steps[right - 1] ?? NaN;
  const x0 = xs[right - 1] ?? NaN;
  return x0 + ((x1 - x0) * (step - s0)) / (s1 - s0);
}
