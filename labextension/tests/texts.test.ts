// @vitest-environment node
import { expect, test } from "vitest";
import { fill, speaker } from "../src/core/texts";

const texts = { "a.b": ["{count:# row|# rows} of {name}", "{name} 的 {count} 行"] };

test("fields are filled in, and one thing is told from many", () => {
  const say = speaker(texts, "en");
  expect(say("a.b", { count: 1, name: "x" })).toBe("1 row of x");
  expect(say("a.b", { count: 2, name: "x" })).toBe("2 rows of x");
  expect(speaker(texts, "zh")("a.b", { count: 2, name: "x" })).toBe("x 的 2 行");
});

test("a value is never read as a pattern, and nothing missing fails", () => {
  expect(fill("{name} {other}", { name: "{other} $&" })).toBe("{other} $& {other}");
  expect(speaker(texts, "en")("no.such")).toBe("no.such");
});
