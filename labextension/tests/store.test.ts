// @vitest-environment node
import { expect, test } from "vitest";
import { RunStore } from "../src/core/store";
import { readFrame } from "../src/core/wire";
import { bare, LIVE, rows, steps } from "./frames";

function take(store: RunStore, [content, buffers]: ReturnType<typeof steps>): string {
  const frame = readFrame(content, buffers);
  return frame ? store.take(frame) : "unreadable";
}

test("frames in their order are taken, each once", () => {
  const store = new RunStore();
  expect(take(store, steps(0, 10, 1, 5, { view: LIVE }))).toBe("taken");
  expect(take(store, steps(10, 20, 6, 9))).toBe("taken");
  expect(take(store, steps(10, 15, 6, 7))).toBe("known");
  expect([...store.train.column("step")]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(store.seq).toBe(20);
});

test("what builds on something that never came shows a hole, and changes nothing", () => {
  const store = new RunStore();
  expect(take(store, steps(5, 10, 1, 5))).toBe("hole");
  take(store, steps(0, 10, 1, 5));
  expect(take(store, steps(12, 20, 8, 9))).toBe("hole");
  expect(store.train.count).toBe(5);
  expect(store.seq).toBe(10);
});

test("an overlapping frame adds what is new", () => {
  const store = new RunStore();
  take(store, steps(0, 10, 1, 5));
  expect(take(store, steps(8, 20, 4, 9))).toBe("taken");
  expect(store.train.count).toBe(9);
});

test("a newer snapshot replaces everything: a resumed run goes on from an earlier step", () => {
  const store = new RunStore();
  take(store, steps(0, 10, 1, 9, { marks: { from: 0, items: [{ kind: "checkpoint", step: 5 }] } }));
  expect(take(store, steps(0, 12, 1, 5))).toBe("taken");
  expect(store.train.count).toBe(5);
  expect(store.marks).toEqual([]);
});

test("a snapshot for another page, coarser and no newer, does not spoil the picture", () => {
  const store = new RunStore();
  take(store, steps(0, 10, 1, 9, { view: LIVE }));
  expect(take(store, steps(0, 10, 1, 3, { view: { ...LIVE, state: "died" } }))).toBe("taken");
  expect(store.train.count).toBe(9);
  expect(store.view?.state).toBe("died");
  expect(take(store, steps(0, 8, 1, 3))).toBe("known");
});

test("a view tells what has changed, and the rest stays", () => {
  const store = new RunStore();
  take(store, bare(0, 10, { ...LIVE, total_steps: 40, warned: [["a", "b"]] }));
  take(store, bare(10, 10, { step: 7 }));
  expect(store.view).toMatchObject({
    name: "first",
    step: 7,
    total_steps: 40,
    warned: [["a", "b"]],
  });
});

test("marks are told from where they go on", () => {
  const store = new RunStore();
  const mark = (step: number) => ({ kind: "checkpoint", step, detail: ["a", "b"] });
  take(store, steps(0, 10, 1, 5, { marks: { from: 0, items: [mark(2), mark(4)] } }));
  take(store, steps(10, 20, 6, 9, { marks: { from: 1, items: [mark(4), mark(8)] } }));
  expect(store.marks.map((one) => one.step)).toEqual([2, 4, 8]);
  // A snapshot may have left some out, so that the count goes on from more than there are.
  take(store, steps(20, 30, 10, 12, { marks: { from: 300, items: [mark(8), mark(11)] } }));
  expect(store.marks.map((one) => one.step)).toEqual([2, 4, 8, 11]);
});

test("what can not be read is no frame, and half of one neither", () => {
  const [content, buffers] = steps(0, 10, 1, 5);
  expect(readFrame({ ...content, v: 2 }, buffers)).toBeNull();
  expect(readFrame(content, [])).toBeNull();
  expect(readFrame(content, [new DataView(new ArrayBuffer(16))])).toBeNull();
  expect(readFrame({ ...content, seq: "10" }, buffers)).toBeNull();
  expect(readFrame(null, [])).toBeNull();
});

test("a buffer may begin anywhere in another", () => {
  const [table, buffer] = rows("train", { step: [1, 2], loss: [3, NaN] });
  const moved = new Uint8Array(buffer.byteLength + 3);
  moved.set(new Uint8Array(buffer.buffer), 3);
  const view = new DataView(moved.buffer, 3, buffer.byteLength);
  const frame = readFrame({ kind: "frame", v: 1, base: 0, seq: 1, tables: [table] }, [view]);
  expect([...(frame?.tables[0]?.columns.get("loss") ?? [])]).toEqual([3, NaN]);
});

test("the JSON of a saved output gives a first picture, which the first frame replaces", () => {
  const store = new RunStore();
  store.takeSaved({
    version: 1,
    name: "first",
    state: "running",
    live: true,
    activity: "training",
    step: 3,
    model: "m",
    method: "lora",
    warned: [{ code: "a.b", text: "careful" }],
    series: {
      loss: { step: [1, 2, 3], value: [3, 2, null] },
      smoothed: { step: [2], value: [2.5] },
      eval_loss: { step: [2], value: [2.2] },
    },
  });
  expect(store.view).toMatchObject({
    name: "first",
    title: ["m · lora", "m · lora"],
    warned: [["careful", "careful"]],
  });
  expect([...store.train.column("loss")]).toEqual([3, 2]);
  expect([...store.train.column("smoothed")]).toEqual([NaN, 2.5]);
  expect(store.evaluations.last("loss")).toBe(2.2);
  expect(store.fed).toBe(false);
  take(store, steps(0, 10, 1, 5, { view: LIVE }));
  expect(store.train.count).toBe(5);
  expect(store.evaluations.count).toBe(0);
});

test("a saved output of another version breaks nothing", () => {
  for (const saved of [null, 7, [], { series: 3, phase: [], warned: {}, error: "x" }]) {
    new RunStore().takeSaved(saved);
  }
});
