import { expect, test } from "vitest";
import { Heading } from "../src/core/panel";
import { RunStore } from "../src/core/store";
import { speaker } from "../src/core/texts";
import { TEXTS } from "../src/lab/words";
import { plainText, readSavedChat, readSavedPreview, readSavedRun } from "../src/lab/outputs/saved";
import { sessionOf } from "../src/lab/outputs/saved_rows";

const parsed = (text: string): unknown => JSON.parse(text);

test("a saved run is read field by field, and drawn as it was", () => {
  const saved = readSavedRun({
    version: 1,
    id: "ab",
    name: "first",
    state: "finished",
    step: 3,
    tiles: [{ name: ["loss", "损失"], value: ["1", "1"], remark: ["", ""] }],
    marks: [{ kind: "checkpoint", step: 2, detail: "" }],
    sampled: [{ step: 2, prompt: "Hello?", answer: "Yes.", scheduled: true }],
    series: {
      loss: { step: [1, 2, 3], value: [3, null, 1] },
      eval_loss: { step: [2], value: [2] },
    },
  });
  const store = new RunStore();
  store.takeSaved(saved);
  store.takeSaved(saved); // the next one takes the place of the one before
  expect([...store.train.column("step")]).toEqual([1, 3]);
  expect(store.evaluations.count).toBe(1);
  expect(store.marks).toHaveLength(1);
  expect(store.view).toMatchObject({
    name: "first",
    state: "finished",
    samples: [{ prompt: "Hello?" }],
  });
  expect(store.view?.tiles[0]?.name).toEqual(["loss", "损失"]);
});

test("what is no run, or one of another version, is none", () => {
  for (const one of [null, 7, "x", [], {}, { version: 2 }, { version: "1" }]) {
    expect(readSavedRun(one)).toBeNull();
  }
});

test("wrong types, commands and prototypes in a saved run come to nothing", () => {
  const saved = readSavedRun(
    parsed(`{"version": 1, "id": {"a": 1}, "name": 7, "state": "flying", "live": "yes", "step": 1e300,
      "can": {"stop": true}, "settable": [{"key": "x"}], "commands": [{"id": "1"}], "marks": {"length": 3},
      "warned": [null, 3, {"text": 4}], "error": "x", "phase": [], "__proto__": {"hit": 1},
      "series": {"__proto__": {"step": [1], "value": [1]}, "constructor": {"step": [1], "value": [1]},
        "loss": {"step": [1, "2", -3, 4, 1e400, null, 5], "value": [1, 2, 3, "4", 5, 6, 7]}}}`),
  );
  expect(saved).toMatchObject({
    id: "",
    name: "",
    state: "unknown",
    live: false,
    step: 0,
    phase: null,
  });
  expect(Object.keys(saved ?? {})).not.toContain("can");
  expect(saved?.series).toEqual({ loss: { step: [1, 4, 5], value: [1, null, 7] } });
  expect(({} as Record<string, unknown>).hit).toBeUndefined();
  const store = new RunStore();
  store.takeSaved(saved);
  expect(Object.values(store.view?.can ?? {}).some(Boolean)).toBe(false);
  expect(store.view?.commands).toEqual([]);
});

test("a state that is none is said to be unknown, and is not drawn as one of those there are", () => {
  for (const [language, words] of [
    ["en", "? state unknown"],
    ["zh", "? 状态未知"],
  ] as const) {
    const store = new RunStore();
    store.takeSaved(readSavedRun({ version: 1, name: "first", state: "flying" }));
    const heading = new Heading();
    if (store.view) heading.update(store.view, speaker(TEXTS, language), language);
    expect(heading.element.querySelector(".ft-badge")?.textContent).toBe(words);
  }
});

test("what is huge is cut", () => {
  const steps = Array.from({ length: 50_000 }, (_, at) => at);
  const long = "x".repeat(1_000_000);
  const saved = readSavedRun({
    version: 1,
    name: long,
    error: Array.from({ length: 9_000 }, () => long),
    warned: Array.from({ length: 9_000 }, () => ({ code: long, text: long })),
    tiles: Array.from({ length: 9_000 }, () => ({ name: [long, long] })),
    series: { loss: { step: steps, value: steps } },
  });
  expect(saved?.series.loss?.step.length).toBeLessThanOrEqual(2_000);
  expect(JSON.stringify(saved).length).toBeLessThan(120_000);
  expect(plainText(long).length).toBeLessThanOrEqual(10_000);
  expect(plainText(Array.from({ length: 5_000 }, () => "line\n")).length).toBeLessThanOrEqual(
    10_000,
  );
});

test("rows of a preview are read one by one, and leafed through without asking anybody", () => {
  const rows = Array.from({ length: 45 }, (_, index) => JSON.stringify({ index }));
  const saved = readSavedPreview({
    version: 1,
    head: JSON.stringify({ done: true, read: 45, counts: { rows: 9_000 } }),
    rows: ["{", 7, "[]", "x".repeat(900_000), ...rows],
  });
  expect(saved?.rows).toHaveLength(45);
  const session = sessionOf(saved ?? { head: null, rows: [] });
  session.start();
  expect(session.head?.counts.rows).toBe(9_000);
  expect(session.page?.rows).toHaveLength(20);
  session.go({ start: 40 });
  expect(session.page?.rows.map((row) => row.index)).toEqual([40, 41, 42, 43, 44]);
  expect(session.page?.total).toBe(45);
  session.dispose();
});

test("a preview or a chat that is none is none", () => {
  for (const one of [null, [], {}, { version: 1, rows: {} }])
    expect(readSavedPreview(one)).toBeNull();
  expect(readSavedPreview({ version: 1, head: 3, rows: [] })).toEqual({ head: null, rows: [] });
  expect(readSavedChat({ version: 3 })).toBeNull();
  expect(readSavedChat({ version: 1, id: ["../.."], name: 7 })).toEqual({ id: "", name: "" });
});

test("what is saved of a run is said in the language of the page, and older notebooks as they were", () => {
  const texts = { activity: ["training", "正在训练"], error: [["No."], ["不。"]] };
  const note = { code: "a.b", text: ["careful", "小心"] };
  const store = new RunStore();
  store.takeSaved(readSavedRun({ version: 1, ...texts, adjusted: [note], phase: { name: "x" } }));
  expect(store.view).toMatchObject({
    ...texts,
    adjusted: [["careful", "小心"]],
    phase: { text: ["training", "正在训练"] },
  });
  const old = {
    activity: "training",
    error: ["No."],
    adjusted: [{ code: "a.b", text: "careful" }],
  };
  store.takeSaved(readSavedRun({ version: 1, ...old }));
  expect(store.view).toMatchObject({
    activity: ["training", "training"],
    adjusted: [["careful", "careful"]],
    error: [["No."], ["No."]],
  });
});
