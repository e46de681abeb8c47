import { assetsHere, isAssetName, need, provide } from "../core/assets";
import { pageLocale } from "../core/language";
import { isObject } from "../core/wire";
import { Picture, readLines, type Lines } from "./picture";

export type Send = (message: Readonly<Record<string, unknown>>) => void;

/** Why a request was refused: the lines of an error, and those that belong to settings, by their names. */
export interface Refusal {
  readonly lines: Lines;
  readonly fields: ReadonlyMap<string, Lines>;
}

/** What became of a request: `null` where it was taken. */
export type Outcome = Refusal | null;

interface Pending {
  readonly since: number;
  readonly then: (outcome: Outcome) => void;
}

/** Milliseconds without an answer, after which the kernel counts as busy with a cell. */
const BUSY = 1_000;
/** … after which it is said that it may be gone. */
const GONE = 20_000;
/** Between two requests for what is missed. */
const PATIENCE = 1_000;
/** Before a hello that nobody has answered is said again, and at most; each time it is twice as long. */
const AGAIN = 2_000;
const MOST_AGAIN = 30_000;
const TICK = 500;

/** Why nothing is heard: a cell is executed, or there may be no kernel any more. */
export type Quiet = "" | "busy" | "gone";

/** One panel as this page knows it, over all its views: sends requests, keeps the picture. */
export class ChatSession {
  readonly picture = new Picture();
  readonly #send: Send;
  readonly #now: () => number;
  readonly #pending = new Map<string, Pending>();
  readonly #listeners = new Set<() => void>();
  #greeted = -Infinity;
  #again = AGAIN;
  #unheard: number | null = null;
  /** Whether the front end says that there is no kernel. */
  #cut = false;
  #quiet: Quiet = "";
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

  start(): void {
    this.#again = AGAIN;
    this.#greet();
    this.#timer ??= setInterval(() => this.tick(), TICK);
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#listeners.clear();
  }

  /** The kernel is gone, or one is there again, which may be another one and knows of no requests. */
  connected(isThere: boolean): void {
    this.#cut = !isThere;
    if (isThere) {
      this.#unheard = null;
      this.#again = AGAIN;
      this.#pending.clear(); // what was typed stands where it was typed
      if (this.#timer !== undefined) this.#greet();
    }
    this.tick();
    this.#tell();
  }

  /** A message from the kernel. */
  receive(content: unknown, buffers: readonly (ArrayBuffer | ArrayBufferView)[]): void {
    if (!isObject(content)) return;
    this.#cut = false;
    if (content.kind === "asset") this.#asset(content, buffers[0]);
    else if (content.kind === "accepted" || content.kind === "refused") this.#outcome(content);
    else {
      const taken = this.picture.take(content);
      if (taken === "foreign") return;
      if (taken === "hole" && this.#now() - this.#greeted > PATIENCE) this.#greet();
      else if (taken === "taken") {
        this.#unheard = null;
        this.#again = AGAIN;
      }
    }
    this.tick();
    this.#tell();
  }

  /** Ask the kernel for something; `then` is told what became of it. */
  request(
    kind: string,
    fields: Readonly<Record<string, unknown>> = {},
    then: (outcome: Outcome) => void = () => undefined,
  ): void {
    const id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.#pending.set(id, { since: this.#now(), then });
    this.#say({ kind, id, ...fields });
  }

  /** Have the markdown script loaded, and be told when it is there. */
  needMarkdown(then: (value: unknown) => void): () => void {
    const ask = () => this.#quiet === "" && this.#say({ kind: "asset", name: "markdown" });
    return need("markdown", ask, then);
  }

  /** What happens by the passing of time. */
  tick(): void {
    if (this.#unheard !== null && this.#now() - this.#greeted >= this.#again) {
      this.#again = Math.min(MOST_AGAIN, 2 * this.#again);
      this.#greet();
    }
    const oldest = [...this.#pending.values()].map((one) => one.since);
    if (this.#unheard !== null) oldest.push(this.#unheard);
    const waited = oldest.length ? this.#now() - Math.min(...oldest) : 0;
    const quiet = this.#cut || waited > GONE ? "gone" : waited > BUSY ? "busy" : "";
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    this.#tell();
  }

  #outcome(content: Record<string, unknown>): void {
    const id = typeof content.id === "string" ? content.id : "";
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    pending.then(content.kind === "refused" ? readRefusal(content) : null);
  }

  #asset(content: Record<string, unknown>, buffer: ArrayBuffer | ArrayBufferView | undefined) {
    const { name, sha256 } = content;
    if (!isAssetName(name) || typeof sha256 !== "string" || !buffer) return;
    // Where the page forbids it, answers stay plain text.
    provide(name, sha256, buffer).catch(() => undefined);
  }

  #greet(): void {
    this.#greeted = this.#now();
    this.#unheard ??= this.#now();
    this.#say({ kind: "hello", assets: assetsHere(), locale: pageLocale() });
  }

  /** Whether it could be sent; of a kernel that is gone the time without an answer tells. */
  #say(message: Readonly<Record<string, unknown>>): boolean {
    try {
      this.#send(message);
      return true;
    } catch {
      return false;
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function readRefusal({ lines, fields }: Record<string, unknown>): Refusal {
  const found = new Map<string, Lines>();
  for (const [name, value] of Object.entries(isObject(fields) ? fields : {})) {
    const read = readLines(value);
    if (read) found.set(name, read);
  }
  return { lines: readLines(lines) ?? [[""], [""]], fields: found };
}
