// @vitest-environment node
import { expect, test } from "vitest";
import { answerOf, split } from "../src/chat/thinking";

test("thinking is told apart from the answer", () => {
  const parts = split("<think>\nhm\n</think>\n\nYes.", false);
  expect(parts).toEqual([
    { thinking: true, text: "hm", open: false },
    { thinking: false, text: "Yes.", open: false },
  ]);
  expect(answerOf(parts)).toBe("Yes.");
});

test("while it thinks, the part is open", () => {
  expect(split("<think>hm", false)).toEqual([{ thinking: true, text: "hm", open: true }]);
  expect(split("", true)).toEqual([{ thinking: true, text: "", open: true }]);
});

test("a template may have opened the thinking", () => {
  expect(split("hm</think>Yes.", true).map((one) => one.thinking)).toEqual([true, false]);
  expect(split("hm</think>Yes.", false)).toEqual([
    { thinking: false, text: "hm</think>Yes.", open: false },
  ]);
});

test("marks of the template's own are known, and each closes only its own", () => {
  const pairs = [
    ["<think>", "</think>"],
    ["[THINK]", "[/THINK]"],
  ] as const;
  const parts = split("[THINK]a</think>b[/THINK]c", false, pairs);
  expect(parts.map((one) => one.text)).toEqual(["a</think>b", "c"]);
});

test("an answer without marks is one part, and an empty one none", () => {
  expect(split("  if x:\n", false)).toEqual([{ thinking: false, text: "  if x:\n", open: false }]);
  expect(split("", false)).toEqual([]);
  expect(split("<think></think>Yes.", false)).toHaveLength(1);
});
