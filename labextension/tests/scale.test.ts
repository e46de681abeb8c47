import { expect, test } from "vitest";
import { logTicks } from "../src/core/scale";

test.each([
  [6.3, 6.6, [6.3, 6.4, 6.5, 6.6]],
  [1.6, 4.2, [2, 3, 4]],
  [1e-6, 1e-3, [1e-6, 1e-5, 1e-4, 1e-3]],
])("a logarithmic axis from %f to %f has three to six round values", (low, high, ticks) => {
  expect(logTicks(low, high)).toEqual(ticks);
});
