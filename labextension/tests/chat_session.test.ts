import { expect, test, vi } from "vitest";
import { ChatSession } from "../src/chat/session";

function opened() {
  const sent: Record<string, unknown>[] = [];
  const clock = { now: 0 };
  const session = new ChatSession(
    (message) => sent.push({ ...message }),
    () => clock.now,
  );
  return { sent, clock, session };
}

test("a request is answered once, with the lines of a refusal", () => {
  const { sent, session } = opened();
  const then = vi.fn();
  session.request("ask", { text: "x" }, then);
  const [message] = sent;
  expect(message).toMatchObject({ kind: "ask", text: "x" });
  const refused = {
    kind: "refused",
    id: message?.id,
    lines: [
      ["No.", "Why."],
      ["不。", "因为。"],
    ],
  };
  session.receive(refused, []);
  session.receive(refused, []);
  const lines = [
    ["No.", "Why."],
    ["不。", "因为。"],
  ];
  expect(then.mock.calls).toEqual([[{ lines, fields: new Map() }]]);
});

test("a kernel that does not answer is busy, and after long perhaps gone", () => {
  const { sent, clock, session } = opened();
  session.request("ask");
  clock.now = 900;
  session.tick();
  expect(session.quiet).toBe("");
  clock.now = 1_500;
  session.tick();
  expect(session.quiet).toBe("busy");
  clock.now = 21_000;
  session.tick();
  expect(session.quiet).toBe("gone");
  session.receive({ kind: "accepted", id: sent[0]?.id }, []);
  expect(session.quiet).toBe("");
});

test("a hole makes it say hello again, but not with every message", () => {
  const { sent, clock, session } = opened();
  session.start();
  session.dispose();
  session.receive({ kind: "change", base: 0, seq: 1, head: { name: "x" }, from: 0, turns: [] }, []);
  clock.now = 5_000;
  for (const seq of [5, 6, 7]) {
    session.receive({ kind: "piece", base: seq - 1, seq, round: "r", side: "s", text: "x" }, []);
  }
  expect(sent.map((one) => one.kind)).toEqual(["hello", "hello"]);
});

test("a page without a kernel throws, and nothing breaks", () => {
  const session = new ChatSession(() => {
    throw new Error("no comm");
  });
  expect(() => session.request("ask")).not.toThrow();
});

test("a hello that is not answered is said again, ever more seldom, until it is", () => {
  const { sent, clock, session } = opened();
  session.start();
  for (; clock.now < 100_000; clock.now += 500) session.tick();
  expect(sent.length).toBeGreaterThan(5);
  expect(sent.length).toBeLessThan(10);
  session.receive({ kind: "change", base: 0, seq: 1, head: { name: "x" }, from: 0, turns: [] }, []);
  const { length } = sent;
  for (; clock.now < 200_000; clock.now += 500) session.tick();
  expect(sent).toHaveLength(length);
  session.dispose();
});

test("a hello says the language of the page", () => {
  const { sent, session } = opened();
  document.documentElement.lang = "zh-CN";
  session.start();
  document.documentElement.lang = "";
  expect(sent).toMatchObject([{ kind: "hello", locale: "zh-CN" }]);
});
