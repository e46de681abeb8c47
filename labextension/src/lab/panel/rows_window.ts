/* Of a long list only the rows in view are there; where each of them is, follows from their heights. */

/** Where rows of given heights lie: `tops[i]` in pixels, and at the end the height of all. */
export function topsOf(heights: readonly number[]): Float64Array {
  const tops = new Float64Array(heights.length + 1);
  for (const [index, height] of heights.entries()) tops[index + 1] = (tops[index] ?? 0) + height;
  return tops;
}

/** The row at a height of the list; the last one below all, -1 where there is none. */
export function rowAt(tops: Float64Array, y: number): number {
  let [low, high] = [0, tops.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return high;
}

/**
 * The rows that are to be there: those in view, and some around them for a scroll that is faster than a frame.
 *
 * @returns the first, and the one after the last
 */
export function inView(
  tops: Float64Array,
  scrolled: number,
  height: number,
  around: number,
): [number, number] {
  if (tops.length < 2) return [0, 0];
  const first = rowAt(tops, scrolled - around);
  return [Math.max(0, first), rowAt(tops, scrolled + height + around) + 1];
}

/** How far to scroll so that a row is wholly in view; as it is, where it is already. */
export function scrolledTo(
  tops: Float64Array,
  row: number,
  scrolled: number,
  height: number,
): number {
  const [top, bottom] = [tops[row] ?? 0, tops[row + 1] ?? 0];
  if (top < scrolled) return top;
  return bottom > scrolled + height ? bottom - height : scrolled;
}
