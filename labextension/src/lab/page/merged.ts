/* Several runs in one chart: which quantities they share, their points, their values at one place. */
import { significant } from "../../core/format";
import {
  ACROSS,
  acrossOf,
  metricsOf,
  pointsOf,
  type Across,
  type Points,
} from "../../core/metrics";
import type { RunStore } from "../../core/store";
import { nearest } from "../../core/table";
import type { Say } from "../../core/texts";
import type { TableName } from "../../core/wire";

/** Something that is compared: one line a run. */
export interface Quantity {
  readonly key: string;
  readonly label: string;
  readonly table: TableName;
  readonly field: string;
  readonly format: (value: number) => string;
}

/** Every quantity that one of the runs has a value of, the losses first. */
export function quantitiesOf(stores: readonly RunStore[], say: Say): Quantity[] {
  const loss = (value: number) => significant(value, 4);
  const found = new Map<string, Quantity>();
  const losses: [string, string, TableName, string][] = [
    ["smoothed", "lab_page.loss_smoothed", "train", "smoothed"],
    ["loss", "lab_page.loss_raw", "train", "loss"],
    ["evaluations.loss", "lab_page.loss_held_out", "evaluations", "loss"],
  ];
  for (const [key, code, table, field] of losses) {
    if (stores.every((store) => Number.isNaN(store[table].last(field)))) continue;
    found.set(key, { key, label: say(code), table, field, format: loss });
  }
  for (const store of stores) {
    for (const { key, label, lines, format } of metricsOf(store, say).slice(1)) {
      const [line] = lines;
      if (line && !found.has(key)) {
        found.set(key, { key, label, table: line.table, field: line.field, format });
      }
    }
  }
  return [...found.values()];
}

/** What may lie along the bottom: what at least one of the runs has. */
export function acrossOfAll(stores: readonly RunStore[]): Across[] {
  const offered = new Set(stores.flatMap(acrossOf));
  return ACROSS.filter((one) => one === "step" || offered.has(one));
}

/** The points of one run, at most `most`; more closely where the reader looks. */
export function seriesOf(
  store: RunStore,
  { table, field }: Quantity,
  across: Across,
  most: number,
  range: readonly [number, number] | null,
): Points {
  return pointsOf(store[table], across, field, 0, store[table].count, most, range);
}

/** How far the longest of the runs goes; NaN where none has begun. */
export function lastOf(stores: readonly RunStore[], across: Across): number {
  const ends = stores.map((store) => store.train.last(across)).filter(Number.isFinite);
  return ends.length ? Math.max(...ends) : NaN;
}

/**
 * The value of a run at a place: of the row that is nearest to it.
 *
 * @param near how far away a row may be, in the units of the rows; further away the run has no value
 */
export function readAt(
  store: RunStore,
  { table, field }: Quantity,
  across: Across,
  x: number,
  near: number,
): { at: number; value: number } | null {
  const rows = store[table];
  const xs = rows.column(across);
  const at = nearest(xs, xs.length, x);
  const place = xs[at] ?? NaN;
  // Between two rows of a thinned curve there is a value; before its beginning and after its end there is none.
  const inside = x >= (xs[0] ?? NaN) - near && x <= (xs[xs.length - 1] ?? NaN) + near;
  if (!inside || (table === "evaluations" && !(Math.abs(place - x) <= near))) return null;
  const value = rows.at(field, at);
  return Number.isFinite(value) ? { at: place, value } : null;
}
