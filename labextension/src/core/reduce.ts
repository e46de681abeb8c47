/** Showing many points with few, so that a spike that lasted one step is still to be seen. */

/** Indices of rows, ascending. */
export type Indices = Int32Array;

/**
 * At most `most` rows: the first, the last, and of each bucket those where a column is lowest or highest.
 *
 * @param columns equally long; missing values are NaN and never chosen
 * @param from the first row looked at
 * @param to the row after the last one
 * @param most at least 2 for each column, and 2
 */
export function extremes(
  columns: readonly Float64Array[],
  from: number,
  to: number,
  most: number,
): Indices {
  const count = to - from;
  if (count <= most) return Int32Array.from({ length: Math.max(0, count) }, (_, i) => from + i);
  const buckets = Math.max(1, Math.floor((most - 2) / (2 * Math.max(1, columns.length))));
  const out: number[] = [from];
  const inner = count - 2;
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = from + 1 + Math.floor((bucket * inner) / buckets);
    const end = from + 1 + Math.floor(((bucket + 1) * inner) / buckets);
    const found: number[] = [];
    for (const column of columns) {
      const [low, high] = ends(column, start, end);
      if (low >= 0) found.push(low, high);
    }
    found.sort((one, other) => one - other);
    for (const row of found) if (row !== out[out.length - 1]) out.push(row);
  }
  out.push(to - 1);
  return Int32Array.from(out);
}

/** The rows with the lowest and the highest value from `start` to `end`; -1 where there is none. */
function ends(column: Float64Array, start: number, end: number): [number, number] {
  let low = -1;
  let high = -1;
  let lowest = Infinity;
  let highest = -Infinity;
  for (let row = start; row < end; row++) {
    const value = column[row] ?? NaN;
    if (value < lowest) {
      lowest = value;
      low = row;
    }
    if (value > highest) {
      highest = value;
      high = row;
    }
  }
  return low < 0 ? [high, high] : [low, high < 0 ? low : high];
}

/** The first row whose value is at least `value`, in a column that never falls. */
export function lowerBound(column: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((column[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
