/** What the kernel tells of a conversation, checked, and the picture that a page makes of it. */
import { isObject, readBoth } from "../core/wire";
import type { Both } from "../core/language";
import { USUAL, type Pair } from "./thinking";

export type ReplyState = "waiting" | "writing" | "done" | "stopped" | "failed";

/** Lines in both languages: of an error, the first says what happened, the others what to do. */
export type Lines = readonly [readonly string[], readonly string[]];

export interface Reply {
  readonly side: string;
  readonly label: Both;
  text: string;
  readonly state: ReplyState;
  /** Whether the text begins within the thinking. */
  readonly inside: boolean;
  readonly thinking: readonly Pair[];
  readonly facts: readonly Both[];
  readonly notes: readonly Both[];
  readonly error: Lines | null;
}

export interface Turn {
  readonly id: string;
  readonly text: string;
  /** The turns that were said in its place, itself among them. */
  readonly versions: readonly string[];
  /** The times it was asked. */
  readonly rounds: readonly string[];
  readonly round: string | null;
  readonly replies: readonly Reply[];
}

export interface Side {
  readonly id: string;
  readonly label: Both;
}

export interface Known {
  readonly name: string;
  readonly title: string;
  /** Seconds since 1970. */
  readonly changed: number;
  readonly open: boolean;
}

export type Values = Readonly<Record<string, unknown>>;

export interface Head {
  readonly name: string;
  readonly busy: boolean;
  /** What is going on before an answer begins. */
  readonly doing: Both | null;
  readonly sides: readonly Side[];
  readonly chosen: readonly string[];
  readonly mostSides: number;
  /** Who answers, and what it costs. */
  readonly sources: readonly Both[];
  readonly settings: Values;
  readonly defaults: Values;
  readonly conversations: readonly Known[];
  /** Whether the conversation is written down. */
  readonly kept: boolean;
  readonly problem: Lines | null;
}

/** A panel as this page knows it. */
export class Picture {
  head: Head | null = null;
  turns: Turn[] = [];
  #seq = 0;

  /** Take a message; "hole" where one before it is missing, and nothing is changed then. */
  take(message: Record<string, unknown>): "taken" | "hole" | "foreign" {
    const { kind, base, seq } = message;
    if ((kind !== "change" && kind !== "piece") || typeof seq !== "number") return "foreign";
    if (base !== 0 && base !== this.#seq) return "hole";
    if (base !== 0 && !this.head) return "hole";
    this.#seq = seq;
    if (kind === "piece") this.#piece(message);
    else this.#change(message);
    return "taken";
  }

  #change(message: Record<string, unknown>): void {
    this.head = readHead(message.head) ?? this.head;
    if (!Array.isArray(message.turns)) return;
    const from = typeof message.from === "number" ? message.from : 0;
    const fresh = message.turns.map(readTurn).filter((one) => one !== null);
    this.turns = [...this.turns.slice(0, from), ...fresh];
  }

  #piece(message: Record<string, unknown>): void {
    const turn = this.turns.find((one) => one.round === message.round);
    const reply = turn?.replies.find((one) => one.side === message.side);
    if (reply && typeof message.text === "string") reply.text += message.text;
  }
}

const STATES: readonly string[] = ["waiting", "writing", "done", "stopped", "failed"];

function readHead(value: unknown): Head | null {
  if (!isObject(value)) return null;
  return {
    name: text(value.name),
    busy: value.busy === true,
    doing: Array.isArray(value.doing) ? readBoth(value.doing) : null,
    sides: objects(value.sides).map((one) => ({ id: text(one.id), label: readBoth(one.label) })),
    chosen: texts(value.chosen),
    mostSides: typeof value.most_sides === "number" ? value.most_sides : 1,
    sources: list(value.sources).map(readBoth),
    settings: isObject(value.settings) ? value.settings : {},
    defaults: isObject(value.defaults) ? value.defaults : {},
    conversations: objects(value.conversations).map((one) => ({
      name: text(one.name),
      title: text(one.title),
      changed: typeof one.changed === "number" ? one.changed : 0,
      open: one.open === true,
    })),
    kept: value.kept === true,
    problem: readLines(value.problem),
  };
}

function readTurn(value: unknown): Turn | null {
  if (!isObject(value)) return null;
  return {
    id: text(value.id),
    text: text(value.text),
    versions: texts(value.versions),
    rounds: texts(value.rounds),
    round: typeof value.round === "string" ? value.round : null,
    replies: objects(value.replies).map(readReply),
  };
}

function readReply(value: Record<string, unknown>): Reply {
  const state = text(value.state);
  const pairs = list(value.thinking)
    .map(texts)
    .flatMap(([open, close]): Pair[] => (open && close ? [[open, close]] : []));
  return {
    side: text(value.side),
    label: readBoth(value.label),
    text: text(value.text),
    state: STATES.includes(state) ? (state as ReplyState) : "done",
    inside: value.inside === true,
    thinking: pairs.length ? pairs : USUAL,
    facts: list(value.facts).map(readBoth),
    notes: list(value.notes).map(readBoth),
    error: readLines(value.error),
  };
}

/** An error's lines; `null` for anything else. */
export function readLines(value: unknown): Lines | null {
  const [en, zh] = list(value).map(texts);
  return en?.length ? [en, zh?.length ? zh : en] : null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): string[] {
  return list(value).filter((one) => typeof one === "string");
}

function objects(value: unknown): Record<string, unknown>[] {
  return list(value).filter(isObject);
}
