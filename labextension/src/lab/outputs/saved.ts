/*
 * What notebooks save of runs, previews and chats.
 *
 * A notebook is written by anybody: nothing in it is trusted to have its shape or its size. What is read here is
 * made anew, field by field, and bounded. Ids are kept as the texts that they are: they are looked up among
 * the runs that the server tells of, and never become part of an address before they are found there.
 */
import { isObject } from "../../core/wire";
import type { SavedRun } from "../api/types";

type Json = Readonly<Record<string, unknown>>;

/** More than the kernel writes, and little enough to be drawn at once. */
const MOST_POINTS = 2_000;
const MOST_NOTES = 20;
const MOST_MARKS = 200;
const MOST_SAMPLES = 16;
const MOST_TILES = 16;
const LONGEST_TEXT = 1_000;
const LONGEST_NAME = 200;
/** Characters of a preview's rows, all together. */
const LONGEST_ROWS = 400_000;
const MOST_ROWS = 100;

const STATES = ["created", "starting", "running", "finished", "stopped", "failed", "died"] as const;
const SERIES = [
  "loss",
  "smoothed",
  "eval_loss",
  "learning_rate",
  "grad_norm",
  "tokens_per_second",
] as const;

/** A saved run, as far as it could be read. */
export interface ReadRun extends Omit<SavedRun, "state"> {
  readonly state: SavedRun["state"] | "unknown";
}

/** A run as it was saved; `null` where it is none. */
export function readSavedRun(value: unknown): ReadRun | null {
  if (!isObject(value) || value.version !== 1) return null;
  const { phase, series } = value;
  return {
    version: 1,
    id: text(value.id, LONGEST_NAME),
    name: text(value.name, LONGEST_NAME),
    state: STATES.find((one) => one === value.state) ?? "unknown",
    live: value.live === true,
    attempt: whole(value.attempt) ?? 0,
    phase: isObject(phase)
      ? {
          name: text(phase.name, LONGEST_NAME),
          done: whole(phase.done),
          total: whole(phase.total),
          unit: text(phase.unit, LONGEST_NAME),
        }
      : null,
    activity: both(value.activity, LONGEST_TEXT),
    step: whole(value.step) ?? 0,
    total_steps: whole(value.total_steps),
    epoch: number(value.epoch),
    eta_seconds: number(value.eta_seconds),
    seconds: number(value.seconds),
    model: text(value.model, LONGEST_NAME),
    method: text(value.method, LONGEST_NAME),
    parameters: whole(value.parameters),
    trainable: whole(value.trainable),
    peak_memory: whole(value.peak_memory),
    smoothing_span: whole(value.smoothing_span) ?? 0,
    marks: list(value.marks, MOST_MARKS, (one) => ({
      kind: text(one.kind, LONGEST_NAME),
      step: whole(one.step) ?? 0,
      detail: both(one.detail),
    })),
    adjusted: list(value.adjusted, MOST_NOTES, note),
    warned: list(value.warned, MOST_NOTES, note),
    error: Array.isArray(value.error) ? bothLines(value.error) : null,
    result: text(value.result, LONGEST_TEXT),
    sampled: list(value.sampled, MOST_SAMPLES, (one) => ({
      step: whole(one.step) ?? 0,
      prompt: text(one.prompt, LONGEST_TEXT),
      answer: text(one.answer, LONGEST_TEXT),
      scheduled: one.scheduled === true,
    })),
    tiles: list(value.tiles, MOST_TILES, (one) => ({
      name: both(one.name),
      value: both(one.value),
      remark: both(one.remark),
    })),
    series: isObject(series) ? readSeries(series) : {},
  };
}

function readSeries(series: Json): SavedRun["series"] {
  const out: SavedRun["series"] = {};
  for (const name of SERIES) {
    const one = Object.hasOwn(series, name) ? series[name] : undefined;
    if (!isObject(one) || !Array.isArray(one.step) || !Array.isArray(one.value)) continue;
    const step: number[] = [];
    const value: (number | null)[] = [];
    const points = Math.min(one.step.length, one.value.length, MOST_POINTS);
    for (let at = 0; at < points; at++) {
      const where = whole(one.step[at]);
      if (where === null || where < 0) continue;
      step.push(where);
      value.push(number(one.value[at]));
    }
    if (step.length) out[name] = { step, value };
  }
  return out;
}

function note(one: Json): { code: string; text: [string, string] } {
  return { code: text(one.code, LONGEST_NAME), text: both(one.text, LONGEST_TEXT) };
}

/** A preview as it was saved: what the kernel's panel would be told (`preview/wire.ts`). */
export interface SavedRows {
  readonly head: unknown;
  readonly rows: readonly unknown[];
}

/** @returns `null` where it is no preview */
export function readSavedPreview(value: unknown): SavedRows | null {
  if (!isObject(value) || value.version !== 1 || !Array.isArray(value.rows)) return null;
  let left = LONGEST_ROWS;
  const rows: unknown[] = [];
  for (const one of value.rows.slice(0, MOST_ROWS) as unknown[]) {
    if (typeof one !== "string" || one.length > left) continue;
    left -= one.length;
    const row = parsed(one);
    if (isObject(row)) rows.push(row);
  }
  return { head: typeof value.head === "string" ? parsed(value.head, LONGEST_ROWS) : null, rows };
}

/** Which run a chat was with. */
export interface SavedChat {
  readonly id: string;
  readonly name: string;
}

/** @returns `null` where it is no chat */
export function readSavedChat(value: unknown): SavedChat | null {
  if (!isObject(value) || value.version !== 1) return null;
  return { id: text(value.id, LONGEST_NAME), name: text(value.name, LONGEST_NAME) };
}

function parsed(json: string, most = LONGEST_ROWS): unknown {
  if (json.length > most) return null;
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** Text of a bundle by its type: a string, or the lines that a file has of it. */
export function plainText(value: unknown, most = 10_000): string {
  if (!Array.isArray(value)) return text(value, most);
  return lines(value as unknown[], 200)
    .join("")
    .slice(0, most);
}

function lines(value: readonly unknown[], most = MOST_NOTES): string[] {
  return value.slice(0, most).map((one) => text(one, LONGEST_TEXT));
}

function list<T>(value: unknown, most: number, read: (one: Json) => T): T[] {
  return Array.isArray(value) ? value.slice(0, most).filter(isObject).map(read) : [];
}

function text(value: unknown, most: number): string {
  return typeof value === "string" ? value.slice(0, most) : "";
}

/** A text in both languages; older notebooks have saved it in one. */
function both(value: unknown, most = LONGEST_NAME): [string, string] {
  const [en, zh] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  return [text(en, most), text(zh, most)];
}

function bothLines(value: readonly unknown[]): [string[], string[]] {
  const [en, zh] = value.slice(0, 2);
  if (!Array.isArray(en) || !Array.isArray(zh)) return [lines(value), lines(value)];
  return [lines(en as unknown[]), lines(zh as unknown[])];
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function whole(value: unknown): number | null {
  return Number.isSafeInteger(value) ? (value as number) : null;
}
