// @vitest-environment node
import { expect, test } from "vitest";
import { Picture } from "../src/chat/picture";

const REPLY = { side: "tuned", label: ["Tuned", "微调后"], text: "", state: "writing" };
const TURN = { id: "t", text: "Who?", versions: ["t"], rounds: ["r"], round: "r" };

function opened(): Picture {
  const picture = new Picture();
  const turns = [{ ...TURN, replies: [REPLY] }];
  const message = { kind: "change", base: 0, seq: 7, head: { name: "first" }, from: 0, turns };
  expect(picture.take(message)).toBe("taken");
  return picture;
}

test("pieces are added to the answer that they belong to", () => {
  const picture = opened();
  picture.take({ kind: "piece", base: 7, seq: 8, round: "r", side: "tuned", text: "I am" });
  picture.take({ kind: "piece", base: 8, seq: 9, round: "r", side: "tuned", text: " small" });
  picture.take({ kind: "piece", base: 9, seq: 10, round: "other", side: "tuned", text: "no" });
  expect(picture.turns[0]?.replies[0]?.text).toBe("I am small");
});

test("what is missing is noticed, and a whole picture mends it", () => {
  const picture = opened();
  const late = { kind: "piece", base: 8, seq: 9, round: "r", side: "tuned", text: "x" };
  expect(picture.take(late)).toBe("hole");
  expect(picture.turns[0]?.replies[0]?.text).toBe("");
  const whole = { kind: "change", base: 0, seq: 9, head: { name: "first" }, from: 0, turns: [] };
  expect(picture.take(whole)).toBe("taken");
  expect(picture.turns).toEqual([]);
});

test("turns are replaced from an index on; without turns they stay", () => {
  const picture = opened();
  const other = { ...TURN, id: "u", replies: [] };
  picture.take({ kind: "change", base: 7, seq: 8, head: {}, from: 1, turns: [other] });
  expect(picture.turns.map((one) => one.id)).toEqual(["t", "u"]);
  picture.take({ kind: "change", base: 8, seq: 9, head: { busy: true } });
  expect([picture.turns.length, picture.head?.busy]).toEqual([2, true]);
  picture.take({ kind: "change", base: 9, seq: 10, head: {}, from: 0, turns: [other] });
  expect(picture.turns.map((one) => one.id)).toEqual(["u"]);
});

test("garbage is not taken and breaks nothing", () => {
  const picture = opened();
  for (const bad of [{}, { kind: "change" }, { kind: "other", seq: 8, base: 7 }]) {
    expect(picture.take(bad)).toBe("foreign");
  }
  const odd = { kind: "change", base: 7, seq: 8, head: 3, from: 0, turns: [null, { replies: 4 }] };
  expect(picture.take(odd)).toBe("taken");
  expect(picture.turns).toHaveLength(1);
  expect(picture.head?.name).toBe("first");
});
