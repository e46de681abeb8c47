import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askAnew, need, provide } from "../src/core/assets";

const nothing = () => undefined;
let wishes: (() => void)[] = [];

function wait(ask: () => boolean, then: (value: unknown) => void = nothing): void {
  wishes.push(need("plotly", ask, then));
}

beforeEach(() => {
  vi.useFakeTimers();
  Reflect.deleteProperty(globalThis, Symbol.for("ftkernel.assets"));
  wishes = [];
});

afterEach(() => {
  for (const enough of wishes) enough();
  vi.useRealTimers();
});

test("a script that does not come is asked for again, as long as somebody waits", () => {
  const ask = vi.fn(() => true);
  wait(ask);
  expect(ask).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(3_000);
  expect(ask).toHaveBeenCalledTimes(2);
  askAnew("plotly");
  vi.advanceTimersByTime(1_000);
  expect(ask).toHaveBeenCalledTimes(3);
  wishes.pop()?.();
  vi.advanceTimersByTime(30_000);
  expect(ask).toHaveBeenCalledTimes(3);
  expect(vi.getTimerCount()).toBe(0);
});

test("one who cannot ask does not keep another from it", () => {
  const deaf = vi.fn(() => false);
  const hears = vi.fn(() => true);
  wait(deaf);
  wait(deaf);
  wait(hears);
  expect(hears).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2_000);
  expect(hears).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  expect(hears).toHaveBeenCalledTimes(2);
});

test("who asks and gets no answer lets the next one ask", () => {
  const calls: string[] = [];
  for (const name of ["first", "second", "third"]) {
    wait(() => {
      calls.push(name);
      return true;
    });
  }
  vi.advanceTimersByTime(9_000);
  expect(calls).toEqual(["first", "third", "second", "first"]);
});

test("one who fails with what has come does not keep it from another", async () => {
  const told = vi.fn();
  const failed = vi.fn();
  vi.stubGlobal("reportError", failed);
  const arrives = { ran: true };
  wait(
    () => true,
    () => {
      throw new Error("no room");
    },
  );
  wait(() => true, told);
  // This page runs no scripts: what one leaves behind is there already.
  vi.stubGlobal("__ftkernel_Plotly", arrives);
  vi.spyOn(document.head, "append").mockImplementation((script) => {
    (script as HTMLScriptElement).onload?.(new Event("load"));
  });
  vi.stubGlobal("URL", { createObjectURL: () => "blob:here", revokeObjectURL: nothing });
  await provide("plotly", "abc", new TextEncoder().encode("").buffer);
  vi.unstubAllGlobals();
  expect(told).toHaveBeenCalledWith(arrives);
  expect(failed).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(30_000);
  const late = vi.fn();
  wait(() => true, late);
  expect(late).toHaveBeenCalledWith(arrives);
});
