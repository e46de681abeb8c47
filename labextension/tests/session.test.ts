import { beforeEach, expect, test, vi } from "vitest";
import { Session } from "../src/core/session";
import { bare, LIVE, steps } from "./frames";

let now = 0;
let sent: Record<string, unknown>[] = [];
let session: Session;

beforeEach(() => {
  vi.useFakeTimers();
  now = 1_000_000;
  sent = [];
  session = new Session(
    (message) => void sent.push({ ...message }),
    {},
    () => now,
  );
});

function pass(milliseconds: number): void {
  now += milliseconds;
  session.tick();
}

function kinds(): unknown[] {
  return sent.map((one) => one.kind);
}

test("it says hello once, with what it knows", () => {
  session.start();
  session.start();
  expect(sent).toMatchObject([{ kind: "hello", after: 0, assets: [] }]);
});

test("a hello that is not answered is said again until it is, of a run that is over too", () => {
  session.start();
  session.store.takeSaved({ ...LIVE, state: "finished", live: false });
  for (let second = 0; second < 5; second++) pass(1_500);
  expect(kinds()).toEqual(["hello", "hello", "hello"]);
  session.receive(...bare(0, 10, { ...LIVE, state: "finished", live: false }));
  for (let second = 0; second < 5; second++) pass(1_500);
  expect(sent).toHaveLength(3);
  session.connected(true); // another kernel, which did not hear this
  pass(3_000);
  expect(sent).toHaveLength(5);
});

test("a hole is asked for once, and healed by what comes", () => {
  session.receive(...steps(0, 10, 1, 5, { view: LIVE }));
  session.receive(...steps(15, 20, 8, 9));
  session.receive(...steps(20, 25, 10, 11));
  expect(sent).toEqual([{ kind: "missed", after: 10 }]);
  session.receive(...steps(10, 25, 6, 11));
  session.receive(...steps(25, 30, 12, 13));
  expect(session.store.train.count).toBe(13);
  expect(sent).toHaveLength(1);
});

test("where the answer is lost too, it is asked again after a while", () => {
  session.receive(...steps(0, 10, 1, 5, { view: LIVE }));
  session.receive(...steps(15, 20, 8, 9));
  now += 2_500;
  session.receive(...steps(20, 25, 10, 11));
  expect(kinds()).toEqual(["missed", "missed"]);
});

test("the last frame may be the lost one: a silent run is asked for news", () => {
  session.start();
  session.receive(...steps(0, 10, 1, 5, { view: LIVE }));
  pass(5_000);
  expect(kinds()).toEqual(["hello"]);
  pass(2_000);
  expect(sent[1]).toMatchObject({ kind: "hello", after: 10 });
  pass(5_000);
  expect(sent).toHaveLength(2);
});

test("while a cell runs, hellos do not pile up before the kernel", () => {
  session.start();
  session.receive(...steps(0, 10, 1, 5, { view: LIVE }));
  session.receive({ kind: "busy", busy: true }, []);
  for (let second = 0; second < 120; second++) pass(1_000);
  expect(sent.length).toBeLessThanOrEqual(4);
});

test("an ended run is left in peace", () => {
  session.start();
  session.receive(...bare(0, 10, { ...LIVE, state: "finished", live: false }));
  for (let minute = 0; minute < 60; minute++) pass(60_000);
  expect(kinds()).toEqual(["hello"]);
  expect(session.silent).toBe(false);
});

test("a kernel that is gone is said to be silent, and heard again when it speaks", () => {
  const told = vi.fn();
  session.subscribe(told);
  session.start();
  session.receive(...bare(0, 10, LIVE));
  pass(16_000);
  expect(session.silent).toBe(true);
  expect(told).toHaveBeenCalledTimes(2);
  session.receive(...bare(10, 10, { step: 1 }));
  expect(session.silent).toBe(false);
});

test("a kernel that can not be asked is said to be lost at once", () => {
  const broken = new Session(() => {
    throw new Error("closed");
  }, {});
  broken.start();
  expect(broken.do("stop")).toBe(true);
  expect(broken.commands.of("stop")?.stage).toBe("unanswered");
  expect(broken.commands.isPending("stop")).toBe(false);
});

test("messages of another kind and broken ones change nothing", () => {
  for (const content of [
    null,
    3,
    "x",
    {},
    { kind: "frame" },
    { kind: "done" },
    { kind: "asset" },
  ]) {
    session.receive(content, []);
  }
  expect(session.store.fed).toBe(false);
  expect(sent).toEqual([]);
});

test("where the front end says that the kernel is gone, that is told at once, until one is there", () => {
  session.start();
  session.receive(...bare(0, 10, LIVE));
  session.connected(false);
  expect(session.silent).toBe(true);
  session.connected(true);
  expect(session.silent).toBe(false);
  expect(sent.at(-1)).toMatchObject({ kind: "hello", after: 10 });
});

test("disposed, it is silent for good", () => {
  session.start();
  session.dispose();
  vi.advanceTimersByTime(3_600_000);
  expect(kinds()).toEqual(["hello"]);
});

test("a run whose folder was moved away and is back is not gone any more", () => {
  session.receive(...steps(0, 10, 1, 5, { view: LIVE }));
  session.receive({ kind: "gone", text: ["It is gone.", "已删除。"] }, []);
  expect(session.gone).not.toBeNull();
  session.receive(...steps(10, 11, 6, 6));
  expect(session.gone).toBeNull();
});
