import { expect, test } from "vitest";
import { logTicks, multiples, stride } from "../src/core/scale";

test.each([
  [6.3, 6.6, [6.3, 6.4, 6.5, 6.6]],
  [1.6, 4.2, [2, 3, 4]],
  [1e-6, 1e-3, [1e-6, 1e-5, 1e-4, 1e-3]],
])("a logarithmic axis from %f to %f has three to six round values", (low, high, ticks) => {
  expect(logTicks(low, high)).toEqual(ticks);
});

const spans: [number, number][] = [];
for (const high of [3, 7, 8, 11, 24, 60, 99, 200, 410, 1_234, 9_999, 20_000]) spans.push([1, high]);
spans.push([181, 262], [15_432, 15_440], [7, 9]);

test.each([264, 344, 444, 1544])("%i pixels of steps have three names and more", (width) => {
  for (const [low, high] of spans) {
    const found = multiples(low, high, stride(low, high, width, true));
    expect(found.length, `${low} to ${high}`).toBeGreaterThanOrEqual(3);
    expect(found.every(Number.isInteger), `${low} to ${high}`).toBe(true);
    const apart = (found[1] ?? NaN) - (found[0] ?? NaN);
    expect((width * apart) / (high - low)).toBeGreaterThanOrEqual(30);
  }
});

test("values between steps have round names, and one value alone has none to go by", () => {
  expect(multiples(0.02, 0.9, stride(0.02, 0.9, 264, false))).toEqual([0.25, 0.5, 0.75]);
  expect(stride(5, 5, 264, false)).toBe(0);
  expect(stride(5, 5, 264, true)).toBe(1);
});
