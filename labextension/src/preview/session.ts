import { pageLocale } from "../core/language";
import { isObject } from "../core/wire";
import {
  readHead,
  readLines,
  readPage,
  readRow,
  type Head,
  type Lines,
  type Page,
  type Row,
} from "./wire";

export type Send = (message: Readonly<Record<string, unknown>>) => void;

/** Rows of a page, and refused ones. */
export const PAGE = 20;
export const DROPS = 50;

export const FILTERS = [
  "all",
  "cut",
  "dropped",
  "longest",
  "shortest",
  "duplicates",
  "nothing_trained",
  "contains",
] as const;
export type Filter = (typeof FILTERS)[number];

/** Milliseconds without an answer, after which the kernel counts as busy, and as gone. */
const BUSY = 1_500;
const GONE = 20_000;
const TICK = 500;
/** Pages that are kept to be shown again. */
const MOST_KEPT = 50;

export type Quiet = "" | "busy" | "gone";

/** What is looked at: some rows, from one on. */
export interface Place {
  readonly filter: Filter;
  readonly text: string;
  readonly start: number;
}

/**
 * One preview as this page knows it, over all its views: asks for a page once, and keeps what it got.
 */
export class PreviewSession {
  head: Head | null = null;
  /** What is shown, or the last that came while another is asked for. */
  page: Page | null = null;
  place: Place = { filter: "all", text: "", start: 0 };
  /** Why the last request was refused, or why there will be no more rows. */
  problem: Lines | null = null;
  readonly #send: Send;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #kept = new Map<string, Page>();
  readonly #whole = new Map<number, Row>();
  #asked: { id: string; key: string; since: number } | null = null;
  #greeted: number | null = null;
  #cut = false;
  #quiet: Quiet = "";
  #count = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param now a clock, in milliseconds */
  constructor(send: Send, now: () => number = () => Date.now()) {
    this.#send = send;
    this.#now = now;
  }

  /** Call back after every change, until the returned function is called. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Why requests are not answered at the moment. */
  get quiet(): Quiet {
    return this.#quiet;
  }

  /** Whether the page that is wanted is still to come. */
  get waits(): boolean {
    return this.#asked !== null;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#greet();
    this.#ask();
    this.#timer = setInterval(() => this.tick(), TICK);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }

  connected(isThere: boolean): void {
    this.#cut = !isThere;
    if (isThere && this.#timer !== undefined) this.#greet();
    this.tick();
    this.#tell();
  }

  /** Look at other rows. */
  go(place: Partial<Place>): void {
    const next = { ...this.place, ...place };
    if (next.filter !== this.place.filter || next.text !== this.place.text) next.start = 0;
    this.place = next;
    this.problem = null;
    this.#ask();
    this.#tell();
  }

  /** Have all tokens of a row. */
  expand(index: number): void {
    if (!this.#whole.has(index)) this.#say({ kind: "row", id: this.#id(), index });
  }

  /** A row of the page with all of it where that was asked for. */
  row(row: Row): Row {
    return this.#whole.get(row.index) ?? row;
  }

  receive(content: unknown): void {
    if (!isObject(content)) return;
    this.#cut = false;
    switch (content.kind) {
      case "head":
        this.#takeHead(content.head);
        break;
      case "page":
      case "drops":
        this.#takePage(content);
        break;
      case "row": {
        const row = readRow(content.row);
        if (row) this.#whole.set(row.index, row);
        break;
      }
      case "refused":
        if (content.id === this.#asked?.id) this.#asked = null;
        this.problem = readLines(content.lines);
        break;
      case "broken":
        this.#greeted = null;
        this.problem = readLines(content.lines);
        break;
      default:
        return;
    }
    this.tick();
    this.#tell();
  }

  /** What happens by the passing of time. */
  tick(): void {
    const since = [this.#asked?.since, this.#greeted].filter((one) => typeof one === "number");
    const waited = since.length ? this.#now() - Math.min(...since) : 0;
    const quiet = this.#cut || waited > GONE ? "gone" : waited > BUSY ? "busy" : "";
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#tell();
  }

  #takeHead(value: unknown): void {
    this.#greeted = null;
    const head = readHead(value);
    if (!head) return;
    const ended = head.done && !this.head?.done;
    this.head = head;
    // A page that is not full may be so by now, and which rows are the longest is known at the end.
    const { page } = this;
    if (page && !isFinal(page) && !this.#asked && (ended || page.rows.length < PAGE)) this.#ask();
  }

  #takePage(content: Record<string, unknown>): void {
    const page = readPage(content);
    if (content.id === this.#asked?.id) this.#asked = null;
    if (isFinal(page)) {
      this.#kept.set(keyOf(page), page);
      const oldest = this.#kept.keys().next().value;
      if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    }
    if (keyOf(page) !== keyOf(this.place)) return;
    this.problem = null;
    this.page = page;
    // A text is looked for a while at a time; the kernel is asked to go on.
    if (page.filter === "contains" && page.of < page.read && page.rows.length < PAGE) this.#ask();
  }

  #ask(): void {
    const { filter, text, start } = this.place;
    const key = keyOf(this.place);
    const kept = this.#kept.get(key);
    if (kept) {
      this.#asked = null;
      this.page = kept;
      return;
    }
    if (this.#asked?.key === key) return;
    const id = this.#id();
    this.#asked = { id, key, since: this.#now() };
    const sent =
      filter === "dropped"
        ? { kind: "drops", id, start }
        : { kind: "page", id, filter, text: filter === "contains" ? text : "", start };
    this.#say(sent);
  }

  #greet(): void {
    this.#greeted = this.#now();
    this.#say({ kind: "hello", locale: pageLocale() });
  }

  #id(): string {
    return String(++this.#count);
  }

  #say(message: Readonly<Record<string, unknown>>): void {
    try {
      this.#send(message);
    } catch {
      // Of a kernel that is gone the time without an answer tells.
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function keyOf({ filter, text, start }: { filter: string; text: string; start: number }): string {
  return JSON.stringify([filter, filter === "contains" ? text : "", start]);
}

/** Whether a page will be the same whenever it is asked for. */
export function isFinal(page: Page): boolean {
  if (page.filter === "contains" && page.of < page.read) return false;
  return page.done || (page.filter === "all" && page.rows.length === PAGE && !page.marks);
}
