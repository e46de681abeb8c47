// @vitest-environment node
import { expect, test } from "vitest";
import { count, dataSize, duration, shortCount, significant } from "../src/core/format";
import { speaker } from "../src/core/texts";
import texts from "../src/core/texts.json";

test("numbers are written as the static card writes them", () => {
  const losses = [2.7631, 0.79663, 12345.678, 0.00012345, 1.5e7, 0, NaN, -0.5];
  expect(losses.map((one) => significant(one, 4))).toEqual([
    "2.763",
    "0.7966",
    "12,346",
    "1.234e-4",
    "1.5e7",
    "0",
    "–",
    "-0.5000",
  ]);
  expect([1234567, 0, NaN].map(count)).toEqual(["1,234,567", "0", "–"]);
  expect([999, 57_600, 134_515_008, 4.2e9].map(shortCount)).toEqual([
    "999",
    "57.6 k",
    "135 M",
    "4.2 B",
  ]);
  expect([512, 9.8e8, 1.1e9, 42e9].map(dataSize)).toEqual(["512 B", "980 MB", "1.10 GB", "42 GB"]);
});

test("a time is told in its two largest units, in both languages", () => {
  const say = speaker(texts, "en");
  const times = [0.34, 42, 103, 3_700, 90_000].map((one) => duration(one, say));
  expect(times).toEqual(["0.3 s", "42 s", "1 min 43 s", "1 h 01 min", "1 d 01 h"]);
  expect(duration(103, speaker(texts, "zh"))).toBe("1 分 43 秒");
});
