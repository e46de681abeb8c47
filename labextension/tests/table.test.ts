// @vitest-environment node
import { expect, test } from "vitest";
import { Table } from "../src/core/table";

function rows(from: number, to: number, loss: (step: number) => number) {
  const step = Float64Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return {
    name: "train" as const,
    count: step.length,
    columns: new Map([
      ["step", step],
      ["loss", step.map(loss)],
    ]),
  };
}

test("rows that are known already are not taken twice, and the last may be told anew", () => {
  const table = new Table();
  table.append(rows(1, 10, (step) => step));
  const before = table.version;
  table.append(rows(8, 12, (step) => -step));
  expect([...table.column("step")]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(table.at("loss", 8)).toBe(9);
  expect(table.at("loss", 9)).toBe(-10);
  expect(table.version).toBeGreaterThan(before);
});

test("appending alone does not count as a change of what is there", () => {
  const table = new Table();
  table.append(rows(1, 10, (step) => step));
  const before = table.version;
  table.append(rows(11, 500, (step) => step));
  expect(table.version).toBe(before);
  expect(table.count).toBe(500);
});

test("a field that comes later is missing before, and one that stays away is missing after", () => {
  const table = new Table();
  table.append(rows(1, 2, () => 1));
  const later = rows(3, 3, () => 2);
  later.columns.delete("loss");
  later.columns.set("extra", Float64Array.of(7));
  table.append(later);
  expect([...table.column("loss")]).toEqual([1, 1, NaN]);
  expect([...table.column("extra")]).toEqual([NaN, NaN, 7]);
  expect(table.last("loss")).toBe(1);
});

test("it stays bounded however long a run is, and keeps its spikes", () => {
  const table = new Table(1_000);
  for (let step = 1; step <= 100_000; step += 100) {
    table.append(rows(step, step + 99, (at) => (at === 54_321 ? 99 : Math.sin(at))));
  }
  expect(table.count).toBeLessThanOrEqual(1_000);
  expect(Math.max(...table.column("loss"))).toBe(99);
  expect(table.at("step", table.count - 1)).toBe(100_000);
  const steps = [...table.column("step")];
  expect(steps).toEqual([...steps].sort((one, other) => one - other));
});
