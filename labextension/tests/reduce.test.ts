// @vitest-environment node
import { expect, test } from "vitest";
import { extremes, lowerBound } from "../src/core/reduce";

test("the first, the last, the lowest and the highest stay", () => {
  const values = Float64Array.from({ length: 20_000 }, (_, index) => Math.sin(index / 50));
  values[7_777] = 9;
  values[12_345] = -9;
  const kept = [...extremes([values], 0, values.length, 500)];
  expect(kept.length).toBeLessThanOrEqual(500);
  expect(kept).toContain(7_777);
  expect(kept).toContain(12_345);
  expect(kept[0]).toBe(0);
  expect(kept[kept.length - 1]).toBe(19_999);
  expect(kept).toEqual([...new Set(kept)].sort((one, other) => one - other));
});

test("few rows stay as they are, and missing values are never chosen over real ones", () => {
  expect([...extremes([new Float64Array(4)], 0, 4, 10)]).toEqual([0, 1, 2, 3]);
  const holes = new Float64Array(1_000).fill(NaN);
  holes[500] = 1;
  expect([...extremes([holes], 0, 1_000, 20)]).toEqual([0, 500, 999]);
});

test("each column keeps its own extremes", () => {
  const one = new Float64Array(10_000);
  const other = new Float64Array(10_000);
  one[1_234] = 5;
  other[8_765] = -5;
  const kept = [...extremes([one, other], 0, 10_000, 100)];
  expect(kept).toContain(1_234);
  expect(kept).toContain(8_765);
  expect(kept.length).toBeLessThanOrEqual(100);
});

test("a value is found in a column that never falls", () => {
  const column = Float64Array.from([1, 3, 3, 7]);
  expect([0, 1, 2, 3, 4, 8].map((value) => lowerBound(column, 4, value))).toEqual([
    0, 0, 1, 1, 3, 4,
  ]);
});
