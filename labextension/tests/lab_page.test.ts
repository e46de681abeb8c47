import { expect, test, vi } from "vitest";
import { LINE_SIGNS } from "../src/core/signs";
import { RunStore } from "../src/core/store";
import { speaker } from "../src/core/texts";
import { readFrame } from "../src/core/wire";
import { themeOf } from "../src/core/theme";
import type { Member } from "../src/lab/page/compare_runs";
import { Results } from "../src/lab/page/compare_tables";
import { idsIn } from "../src/lab/page/drop";
import { figuresOf, lowest } from "../src/lab/page/figures";
import { runMarks } from "../src/lab/page/marks";
import { acrossOfAll, lastOf, quantitiesOf, readAt, seriesOf } from "../src/lab/page/merged";
import { differences, givenText, recipeRows } from "../src/lab/page/recipe_rows";
import { byPrompt } from "../src/lab/page/said_tabs";
import { Tabs } from "../src/lab/page/tabs";
import type { Runs } from "../src/lab/runs";
import { TEXTS } from "../src/lab/words";
import { rows } from "./frames";

const say = speaker(TEXTS, "en");

/** A run with these columns. */
function store(
  train: Readonly<Record<string, readonly number[]>>,
  evaluations?: Readonly<Record<string, readonly number[]>>,
): RunStore {
  const tables = [rows("train", train)];
  if (evaluations) tables.push(rows("evaluations", evaluations));
  const content = {
    ...{ kind: "frame", v: 1, run: "r", base: 0, seq: 9 },
    tables: tables.map(([table]) => table),
    view: { name: "first", state: "stopped", step: 40, total_steps: 200, seconds: 9 },
  };
  const frame = readFrame(
    content,
    tables.map(([, buffer]) => buffer),
  );
  const out = new RunStore();
  if (frame) out.take(frame);
  return out;
}

const short = store(
  {
    step: [1, 2, 3, 4],
    loss: [4, 3, 2, 1],
    smoothed: [4, 3.5, 3, 2],
    elapsed: [1, 2, 3, 4],
    tokens: [10, 20, 30, 40],
    memory_bytes: [5, 9, 7, 7],
  },
  { step: [2, 4], loss: [1.5, 1.75] },
);
const long = store({ step: [1, 100], loss: [5, 2], learning_rate: [1, 0.5], epoch: [0.1, 2] });

test("runs share the quantities that one of them has, the losses first", () => {
  const keys = quantitiesOf([short, long], say).map((one) => one.key);
  expect(keys).toEqual(["smoothed", "loss", "evaluations.loss", "memory_bytes", "learning_rate"]);
  expect(acrossOfAll([short, long])).toEqual(["step", "tokens", "elapsed", "epoch"]);
  expect(acrossOfAll([])).toEqual(["step"]);
  expect([lastOf([short, long], "step"), lastOf([], "step")]).toEqual([100, NaN]);
});

test("a run has a value where it was, and none where it was not", () => {
  const quantities = quantitiesOf([short, long], say);
  const [smoothed, loss, held] = quantities;
  if (!smoothed || !loss || !held) throw new Error("too few");
  expect([...seriesOf(short, loss, "elapsed", 100, null).x]).toEqual([1, 2, 3, 4]);
  expect(seriesOf(long, held, "step", 100, null).x).toHaveLength(0);
  expect(readAt(short, loss, "step", 3.2, 1)).toEqual({ at: 3, value: 2 });
  expect(readAt(short, loss, "step", 50, 1)).toBeNull();
  // Between two rows of a thinned curve there is a value, between two evaluations there is none.
  expect(readAt(long, loss, "step", 60, 1)?.value).toBe(2);
  expect(readAt(short, held, "step", 3, 0.5)).toBeNull();
  expect(readAt(short, held, "step", 3.8, 0.5)).toEqual({ at: 4, value: 1.75 });
});

test("the results of a run are its last, its best and its peak", () => {
  expect(figuresOf(short)).toEqual({
    ...{ step: 40, total: 200, loss: 2, lastHeldOut: 1.75, bestHeldOut: 1.5, bestStep: 2 },
    // The time of the run's own page, and the part of it that its speed is told of.
    ...{ wholeSeconds: 9, seconds: 4, tokensPerSecond: 10, peakMemory: 9 },
  });
  expect(figuresOf(new RunStore()).bestHeldOut).toBeNull();
  expect(lowest([null, 2, 1])).toBe(2);
  expect([lowest([1, null]), lowest([1, 1]), lowest([])]).toEqual([-1, -1, -1]);
});

test("a comparison calls a run's time as its page does, and that of its steps otherwise", () => {
  const results = new Results(say);
  const sign = LINE_SIGNS[0];
  if (!sign) throw new Error("no sign");
  const member = { id: "r", sign, session: { store: short } } as unknown as Member;
  results.update([member], () => "first", themeOf(document.body));
  const texts = (of: string) =>
    [...results.element.querySelectorAll(of)].map((one) => one.textContent);
  const [heads, cells] = [texts("thead th"), texts("tbody :is(th, td)")];
  expect(cells[heads.indexOf("time")]).toBe("9.0 s");
  expect(cells[heads.indexOf("of it, training steps")]).toBe("4.0 s");
});

test("recipes differ in what a person sees differ, and in keys that only some know", () => {
  const one = { values: { steps: 200, targets: ["q", "v"], note: null }, given: { steps: 200 } };
  const two = { values: { steps: 300, targets: ["q", "v"], added: "x" }, given: {} };
  const all = differences([one, two]);
  expect(all.filter((row) => row.differs).map((row) => row.key)).toEqual([
    "steps",
    "note",
    "added",
  ]);
  expect(all[0]).toEqual({
    ...{ key: "steps", values: ["200", "300"], given: [true, false], differs: true },
  });
  expect(all.find((row) => row.key === "targets")?.values).toEqual(["q, v", "q, v"]);
  // One that could not be read differs from nothing.
  expect(differences([one, null]).some((row) => row.differs)).toBe(false);
  expect(recipeRows(one).map((row) => [row.key, row.value, row.given])).toEqual([
    ["steps", "200", true],
    ["targets", "q, v", false],
    ["note", "", false],
  ]);
});

test("what was written is YAML that says the same again", () => {
  const given = {
    model: "smollm2-135m",
    a: "yes",
    b: "1e3",
    c: "x: # y",
    d: [1, "z"],
    e: null,
    f: 2,
  };
  expect(givenText(given)).toBe(
    'model: smollm2-135m\na: "yes"\nb: "1e3"\nc: "x: # y"\nd: [1,"z"]\ne: null\nf: 2\n',
  );
});

test("no two runs of a comparison look the same without their colour", () => {
  expect(LINE_SIGNS).toHaveLength(10);
  expect(new Set(LINE_SIGNS.map((one) => one.symbol)).size).toBe(10);
  expect(new Set(LINE_SIGNS.map((one) => one.path)).size).toBe(10);
});

test("what is dragged is ids, each once", () => {
  expect(idsIn("a\nb\n\n a ")).toEqual(["a", "b"]);
  expect([idsIn(""), idsIn(undefined)]).toEqual([[], []]);
});

test("runs are marked one by one, and stay so while others are looked for", () => {
  const run = (id: string, name: string) => ({
    id,
    name,
    label: "",
    tags: [],
    created: 0,
    note: "",
  });
  const unwanted = vi.fn();
  const list = {
    runs: [run("1", "first"), run("2", "second"), run("3", "third")],
    want: () => unwanted,
    changed: { connect: vi.fn(), disconnect: vi.fn() },
  };
  const runs = { list, words: { say, language: "en" } } as unknown as Runs;
  const marks = runMarks(runs, ["3"], 10);
  document.body.append(marks.element);
  const all = (of: string) => [...marks.element.querySelectorAll<HTMLInputElement>(of)];
  const [find] = all("input[type=search]");
  if (!find) throw new Error("no field");
  const look = (text: string) => {
    find.value = text;
    find.dispatchEvent(new Event("input"));
    return all("input[type=checkbox]");
  };
  expect(look("").map((box) => box.checked)).toEqual([false, false, true]);
  look("first")[0]?.click();
  expect(look("second").map((box) => box.checked)).toEqual([false]);
  expect(marks.element.textContent).toContain("Choose two to 10 runs: 2 chosen");
  expect(marks.ids).toEqual(["3", "1"]);
  look("third")[0]?.click();
  expect(marks.ids).toEqual(["1"]);
  marks.dispose();
  marks.element.remove();
  expect(unwanted).toHaveBeenCalledOnce();
});

test("answers to one prompt stand together", () => {
  const sample = (step: number, prompt: string) => {
    return { step, prompt, answer: "", tokens: null, scheduled: true };
  };
  const found = byPrompt([sample(1, "a"), sample(1, "b"), sample(2, "a")]);
  expect([...found].map(([prompt, all]) => [prompt, all.length])).toEqual([
    ["a", 2],
    ["b", 1],
  ]);
});

test("a tab is made when it is opened, and told whether it is seen", () => {
  const told: string[] = [];
  const spec = (name: string) => ({
    name,
    label: name,
    make: () => {
      told.push(`${name} made`);
      const look = (isSeen: boolean) => told.push(`${name} ${String(isSeen)}`);
      return { element: document.createElement("p"), look, dispose: () => undefined };
    },
  });
  const changed = vi.fn();
  const tabs = new Tabs("all", [spec("one"), spec("two")], "unknown", changed);
  document.body.replaceChildren(tabs.element);
  expect(told).toEqual([]);
  tabs.seen = true;
  const [first, second] = [...document.querySelectorAll<HTMLElement>("[role=tab]")];
  first?.focus();
  first?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true }));
  expect(told).toEqual(["one made", "one true", "one false", "two made", "two true"]);
  expect(document.activeElement).toBe(second);
  expect([first, second].map((one) => one?.getAttribute("aria-selected"))).toEqual([
    "false",
    "true",
  ]);
  expect(changed.mock.calls).toEqual([["two"]]);
  tabs.seen = false;
  expect(told.at(-1)).toBe("two false");
});
