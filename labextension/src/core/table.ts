import { extremes, lowerBound } from "./reduce";
import type { Rows } from "./wire";

/**
 * Rows by step, a column a field, grown in place.
 *
 * It is bounded: beyond `most` rows it keeps half of them, the lowest and the highest of each column among
 * them. The whole history lies in the run's folder.
 */
export class Table {
  #columns = new Map<string, Float64Array>();
  #room = 0;
  #count = 0;
  #changed = 0;
  readonly #most: number;

  constructor(most = 20_000) {
    this.#most = most;
  }

  get count(): number {
    return this.#count;
  }

  /** Counts up whenever rows that were there before may have changed; appending does not count. */
  get version(): number {
    return this.#changed;
  }

  get fields(): string[] {
    return [...this.#columns.keys()];
  }

  /** The values of a field, NaN where a row has none; no copy, so right until the next change. */
  column(field: string): Float64Array {
    return (this.#columns.get(field) ?? new Float64Array(0)).subarray(0, this.#count);
  }

  /** The value of a field in a row; NaN where there is none. */
  at(field: string, row: number): number {
    return row >= 0 && row < this.#count ? (this.#columns.get(field)?.[row] ?? NaN) : NaN;
  }

  /** The last value of a field that is one. */
  last(field: string): number {
    const column = this.column(field);
    for (let row = column.length - 1; row >= 0; row--) {
      const value = column[row] ?? NaN;
      if (!Number.isNaN(value)) return value;
    }
    return NaN;
  }

  clear(): void {
    this.#columns.clear();
    this.#count = 0;
    this.#room = 0;
    this.#changed++;
  }

  /** Add rows in the order of their steps. A row of the last step replaces it, of an earlier one is known. */
  append(rows: Rows): void {
    const steps = rows.columns.get("step");
    if (!steps) return;
    let start = 0;
    const last = this.at("step", this.#count - 1);
    while (start < rows.count && (steps[start] ?? NaN) < last) start++;
    if (start < rows.count && steps[start] === last) {
      this.#count--;
      this.#changed++;
    }
    const added = rows.count - start;
    if (added <= 0) return;
    this.#makeRoom(this.#count + added);
    for (const field of rows.columns.keys()) this.#ensure(field);
    for (const [field, column] of this.#columns) {
      const given = rows.columns.get(field);
      if (given) column.set(given.subarray(start), this.#count);
      else column.fill(NaN, this.#count, this.#count + added);
    }
    this.#count += added;
    if (this.#count > this.#most) this.#halve();
  }

  /** The row whose step is nearest to one; -1 where there is none. */
  nearest(step: number): number {
    return nearest(this.column("step"), this.#count, step);
  }

  #ensure(field: string): void {
    if (!this.#columns.has(field)) this.#columns.set(field, new Float64Array(this.#room).fill(NaN));
  }

  #makeRoom(count: number): void {
    if (count <= this.#room) return;
    this.#room = Math.max(256, count, Math.min(2 * this.#room, this.#most + 256));
    for (const [field, column] of this.#columns) {
      const larger = new Float64Array(this.#room).fill(NaN);
      larger.set(column.subarray(0, this.#count));
      this.#columns.set(field, larger);
    }
  }

  #halve(): void {
    const values = [...this.#columns].filter(([field]) => !PLACES.has(field));
    const kept = extremes(
      values.map(([, column]) => column.subarray(0, this.#count)),
      0,
      this.#count,
      Math.floor(this.#most / 2),
    );
    for (const column of this.#columns.values()) {
      kept.forEach((row, index) => (column[index] = column[row] ?? NaN));
    }
    this.#count = kept.length;
    this.#changed++;
  }
}

/** Fields that say where a row lies, not what it is. */
export const PLACES: ReadonlySet<string> = new Set(["step", "epoch", "tokens", "elapsed"]);

/** The index of the value nearest to one in a column that never falls; -1 where it is empty. */
export function nearest(column: Float64Array, count: number, value: number): number {
  if (count === 0 || Number.isNaN(value)) return -1;
  const right = Math.min(lowerBound(column, count, value), count - 1);
  if (right === 0) return 0;
  const toLeft = value - (column[right - 1] ?? NaN);
  const toRight = (column[right] ?? NaN) - value;
  return toLeft <= toRight ? right - 1 : right;
}
