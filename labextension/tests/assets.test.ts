import { afterEach, expect, test, vi } from "vitest";
import { askAnew, need } from "../src/core/assets";

afterEach(() => void vi.useRealTimers());

test("a script that does not come is asked for again, as long as somebody waits", () => {
  vi.useFakeTimers();
  const ask = vi.fn();
  const enough = need("plotly", ask, () => undefined);
  expect(ask).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_000);
  expect(ask).toHaveBeenCalledTimes(2);
  askAnew("plotly");
  vi.advanceTimersByTime(1_000);
  expect(ask).toHaveBeenCalledTimes(3);
  enough();
  vi.advanceTimersByTime(30_000);
  expect(ask).toHaveBeenCalledTimes(3);
});
