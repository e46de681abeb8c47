/* The key results of a run, from what its session knows. */
import type { RunStore } from "../../core/store";

/** Results that can be laid side by side; `null` where there is none. */
export interface Figures {
  readonly step: number;
  readonly total: number | null;
  /** Of the training rows, smoothed. */
  readonly loss: number | null;
  /** Of the held-out rows: the last, and the best with its step. */
  readonly lastHeldOut: number | null;
  readonly bestHeldOut: number | null;
  readonly bestStep: number | null;
  /** Seconds from the beginning to the end of its attempts: the time that the run's page says. */
  readonly wholeSeconds: number | null;
  /** Seconds of training steps alone, over all attempts: without loading, evaluation and saving. */
  readonly seconds: number | null;
  /** Over the whole training. */
  readonly tokensPerSecond: number | null;
  /** In bytes. */
  readonly peakMemory: number | null;
}

export function figuresOf({ train, evaluations, view }: RunStore): Figures {
  const held = evaluations.column("loss");
  let best = -1;
  for (let row = 0; row < held.length; row++) {
    const value = held[row] ?? NaN;
    if (Number.isFinite(value) && !(value >= (held[best] ?? Infinity))) best = row;
  }
  const seconds = finite(train.last("elapsed"));
  const tokens = finite(train.last("tokens"));
  let peak = -Infinity;
  for (const value of train.column("memory_bytes")) if (value > peak) peak = value;
  return {
    step: view?.step ?? finite(train.last("step")) ?? 0,
    total: view?.total_steps ?? null,
    loss: finite(train.last("smoothed")) ?? finite(train.last("loss")),
    lastHeldOut: finite(evaluations.last("loss")),
    bestHeldOut: best < 0 ? null : finite(held[best] ?? NaN),
    bestStep: best < 0 ? null : finite(evaluations.at("step", best)),
    wholeSeconds: view?.seconds ?? null,
    seconds,
    tokensPerSecond: seconds && tokens ? tokens / seconds : null,
    peakMemory: finite(peak),
  };
}

/** Which of some values is the lowest; -1 where there are not two to choose from, or they are the same. */
export function lowest(values: readonly (number | null)[]): number {
  const known = values.filter((one) => one !== null);
  const least = Math.min(...known);
  return known.length < 2 || known.every((one) => one === least) ? -1 : values.indexOf(least);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
