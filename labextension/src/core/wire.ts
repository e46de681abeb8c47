/*
 * What the kernel (or the Jupyter server) sends about a run, and what is sent back.
 *
 * Nothing that arrives is trusted to have its shape: a message of another version must not break the view.
 */
import type { Both } from "./language";

export interface Phase {
  readonly text: Both;
  readonly done: number | null;
  readonly total: number | null;
  /** From 0 to 1; `null` where nobody knows. */
  readonly part: number | null;
}

export interface Tile {
  readonly name: Both;
  readonly value: Both;
  readonly remark: Both;
}

export type CommandName = "stop" | "save" | "evaluate" | "sample" | "set";

export const COMMANDS: readonly CommandName[] = ["stop", "save", "evaluate", "sample", "set"];

export interface Answered {
  readonly id: string;
  readonly command: string;
  /** `null` while no event has answered it. */
  readonly ok: boolean | null;
  readonly text: Both;
}

export interface Sample {
  readonly step: number;
  readonly prompt: string;
  readonly answer: string;
  readonly tokens: number;
  readonly scheduled: boolean;
}

export interface Checkpoint {
  readonly step: number;
  readonly reason: Both;
  readonly best: boolean;
}

/** What the run computes on, where that is no processor; sizes in bytes. */
export interface Gpu {
  readonly device: string;
  readonly memory_bytes: number | null;
  /** What was free when the run was planned. */
  readonly memory_available: number | null;
}

export interface View {
  readonly name: string;
  readonly state: string;
  readonly live: boolean;
  readonly title: Both;
  readonly phase: Phase | null;
  readonly activity: Both;
  readonly step: number;
  readonly total_steps: number | null;
  readonly epoch: number | null;
  readonly eta_seconds: number | null;
  /** The time left in words, as exactly as it is sure; empty where nobody knows. */
  readonly left: Both;
  readonly seconds: number | null;
  readonly tiles: readonly Tile[];
  readonly warned: readonly Both[];
  readonly adjusted: readonly Both[];
  readonly error: readonly [readonly string[], readonly string[]] | null;
  readonly checkpoints: readonly Checkpoint[];
  readonly can: Readonly<Partial<Record<CommandName, boolean>>>;
  readonly settable: readonly { readonly key: string; readonly value: string }[];
  readonly commands: readonly Answered[];
  readonly samples: readonly Sample[];
  readonly gpu: Gpu | null;
}

export type MarkKind = "checkpoint" | "evaluation" | "command" | "resume" | "sample";

export const MARKS: readonly MarkKind[] = [
  "checkpoint",
  "evaluation",
  "command",
  "resume",
  "sample",
];

export interface Mark {
  readonly kind: MarkKind;
  readonly step: number;
  readonly detail: Both;
}

export type TableName = "train" | "evaluations";

/** Rows of one table, a column a field. */
export interface Rows {
  readonly name: TableName;
  readonly count: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

export interface Frame {
  readonly base: number;
  readonly seq: number;
  /** The parts of the view that changed; with base 0 all of them. */
  readonly view: Partial<View> | null;
  readonly tables: readonly Rows[];
  readonly marks: { readonly from: number; readonly items: readonly Mark[] } | null;
}

type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list<T>(value: unknown, read: (one: Json) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  const out: T[] = [];
  for (const one of value) {
    const made = isObject(one) ? read(one) : null;
    if (made !== null) out.push(made);
  }
  return out;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function numberOr<T>(value: unknown, other: T): number | T {
  return typeof value === "number" && Number.isFinite(value) ? value : other;
}

/** A text in both languages; a plain string is the same in both. */
export function readBoth(value: unknown): Both {
  if (typeof value === "string") return [value, value];
  if (!Array.isArray(value)) return ["", ""];
  return [text(value[0]), text(value[1])];
}

function boths(value: unknown): Both[] {
  return Array.isArray(value) ? value.map(readBoth) : [];
}

function lines(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function readPhase(value: unknown): Phase | null {
  if (!isObject(value)) return null;
  const part = numberOr(value.part, null);
  return {
    text: readBoth(value.text),
    done: numberOr(value.done, null),
    total: numberOr(value.total, null),
    part: part === null ? null : Math.min(1, Math.max(0, part)),
  };
}

/** How each part of a view is read; a part of a newer version is passed over. */
const READERS: { readonly [K in keyof View]: (value: unknown) => View[K] } = {
  name: text,
  state: text,
  live: (value) => value === true,
  title: readBoth,
  phase: readPhase,
  activity: readBoth,
  step: (value) => numberOr(value, 0),
  total_steps: (value) => numberOr(value, null),
  epoch: (value) => numberOr(value, null),
  eta_seconds: (value) => numberOr(value, null),
  left: readBoth,
  seconds: (value) => numberOr(value, null),
  tiles: (value) =>
    list(value, (one) => ({
      name: readBoth(one.name),
      value: readBoth(one.value),
      remark: readBoth(one.remark),
    })),
  warned: boths,
  adjusted: boths,
  error: (value) => (Array.isArray(value) ? [lines(value[0]), lines(value[1])] : null),
  checkpoints: (value) =>
    list(value, (one) => ({
      step: numberOr(one.step, 0),
      reason: readBoth(one.reason),
      best: one.best === true,
    })),
  can: (value) => {
    const can: Partial<Record<CommandName, boolean>> = {};
    for (const name of COMMANDS) can[name] = isObject(value) && value[name] === true;
    return can;
  },
  settable: (value) =>
    list(value, (one) => ({ key: text(one.key), value: scalar(one.value) })).filter(
      (one) => one.key !== "",
    ),
  commands: (value) =>
    list(value, (one) => ({
      id: text(one.id),
      command: text(one.command),
      ok: typeof one.ok === "boolean" ? one.ok : null,
      text: readBoth(one.text),
    })),
  samples: (value) =>
    list(value, (one) => ({
      step: numberOr(one.step, 0),
      prompt: text(one.prompt),
      answer: text(one.answer),
      tokens: numberOr(one.tokens, 0),
      scheduled: one.scheduled === true,
    })),
  gpu: (value) =>
    isObject(value)
      ? {
          device: text(value.device),
          memory_bytes: numberOr(value.memory_bytes, null),
          memory_available: numberOr(value.memory_available, null),
        }
      : null,
};

function scalar(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : text(value);
}

/** A view of which nothing is known. */
export const EMPTY_VIEW = Object.fromEntries(
  Object.entries(READERS).map(([name, read]) => [name, read(undefined)]),
) as unknown as View;

/** The parts of a view that a message tells; the others stay as they were. */
export function readView(value: unknown): Partial<View> | null {
  if (!isObject(value)) return null;
  return Object.fromEntries(
    Object.entries(READERS)
      .filter(([name]) => name in value)
      .map(([name, read]) => [name, read(value[name])]),
  );
}

function readMark(one: Json): Mark | null {
  const kind = MARKS.find((name) => name === one.kind);
  const step = numberOr(one.step, null);
  return kind && step !== null ? { kind, step, detail: readBoth(one.detail) } : null;
}

export function readMarks(value: unknown): Mark[] {
  return list(value, readMark);
}

/** Bytes that arrived beside a message as numbers; copied where they do not lie on eight bytes. */
export function float64(buffer: ArrayBufferView | ArrayBuffer): Float64Array {
  const view = ArrayBuffer.isView(buffer) ? buffer : new Uint8Array(buffer);
  const { byteOffset, byteLength } = view;
  const source = view.buffer as ArrayBuffer;
  if (byteOffset % 8 === 0) return new Float64Array(source, byteOffset, byteLength >> 3);
  return new Float64Array(source.slice(byteOffset, byteOffset + (byteLength & ~7)));
}

function readRows(one: Json, buffer: ArrayBufferView | ArrayBuffer | undefined): Rows | null {
  const { name, fields } = one;
  const count = numberOr(one.count, 0);
  if ((name !== "train" && name !== "evaluations") || !Array.isArray(fields) || !buffer)
    return null;
  const values = float64(buffer);
  if (!fields.includes("step") || values.length < fields.length * count) return null;
  const columns = new Map<string, Float64Array>();
  fields.forEach((field, index) => {
    columns.set(text(field), values.subarray(index * count, (index + 1) * count));
  });
  return { name, count, columns };
}

/** A frame with the buffers that came beside it; `null` where it is none that can be read. */
export function readFrame(
  content: unknown,
  buffers: readonly (ArrayBufferView | ArrayBuffer)[],
): Frame | null {
  if (!isObject(content) || content.kind !== "frame" || content.v !== 1) return null;
  const base = numberOr(content.base, null);
  const seq = numberOr(content.seq, null);
  if (base === null || seq === null) return null;
  const tables: Rows[] = [];
  if (Array.isArray(content.tables)) {
    for (const [index, one] of content.tables.entries()) {
      const rows = isObject(one) ? readRows(one, buffers[index]) : null;
      if (rows === null) return null;
      tables.push(rows);
    }
  }
  const marks = isObject(content.marks)
    ? { from: numberOr(content.marks.from, 0), items: readMarks(content.marks.items) }
    : null;
  return { base, seq, view: readView(content.view), tables, marks };
}
