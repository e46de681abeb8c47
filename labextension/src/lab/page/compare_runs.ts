/* The runs of a comparison: who is in it, each with a line and a sign of its own. */
import type { Session } from "../../core/session";
import { LINE_SIGNS, type LineSign } from "../../core/signs";
import type { LabFault } from "../api/request";
import { runDetails } from "../api/runs";
import { RunLine } from "../api/transport";
import type { RunDetails } from "../api/types";
import type { Runs } from "../runs";
import { TEXTS } from "../words";

/** As many as can be told apart. */
export const MOST = LINE_SIGNS.length;

/** A run that is compared. */
export interface Member {
  readonly id: string;
  readonly sign: LineSign;
  readonly session: Session;
  /** Its recipe and labels; `null` until they come. */
  details: RunDetails | null;
  fault: LabFault | Error | null;
}

interface Kept extends Member {
  readonly line: RunLine;
  readonly forget: () => void;
}

/** Followed while somebody looks. A run keeps its sign as long as it is in. */
export class Members {
  readonly #runs: Runs;
  readonly #changed: () => void;
  readonly #all: Kept[] = [];
  #seen = false;

  /** @param changed something is known that was not, or who is in has changed */
  constructor(runs: Runs, changed: () => void) {
    this.#runs = runs;
    this.#changed = changed;
  }

  get all(): readonly Member[] {
    return this.#all;
  }

  get ids(): string[] {
    return this.#all.map((one) => one.id);
  }

  /** Take runs in, those that are not yet, as long as there is room; how many there was no room for. */
  add(ids: readonly string[]): number {
    const wanted = [...new Set(ids)].filter((id) => !this.ids.includes(id));
    const taken = wanted.slice(0, MOST - this.#all.length);
    for (const id of taken) this.#take(id);
    if (taken.length) this.#changed();
    return wanted.length - taken.length;
  }

  remove(id: string): void {
    const index = this.#all.findIndex((one) => one.id === id);
    const [gone] = index < 0 ? [] : this.#all.splice(index, 1);
    if (!gone) return;
    gone.forget();
    gone.line.dispose();
    this.#changed();
  }

  set seen(seen: boolean) {
    this.#seen = seen;
    for (const { line } of this.#all) line.paused = !seen;
  }

  /** Ask anew for the recipes that could not be had. */
  again(): void {
    for (const one of this.#all) if (one.fault) void this.#ask(one);
  }

  dispose(): void {
    for (const { line, forget } of this.#all.splice(0)) {
      forget();
      line.dispose();
    }
  }

  #take(id: string): void {
    const sign = LINE_SIGNS.find((one) => this.#all.every((other) => other.sign !== one));
    if (!sign) return;
    const line = new RunLine(this.#runs.list, id, TEXTS);
    const { session } = line;
    const forget = session.subscribe(this.#changed);
    const member: Kept = { id, sign, session, details: null, fault: null, line, forget };
    this.#all.push(member);
    line.paused = !this.#seen;
    session.start();
    void this.#ask(member);
  }

  async #ask(member: Kept): Promise<void> {
    try {
      member.details = await runDetails(this.#runs.server, member.id);
      member.fault = null;
    } catch (error) {
      member.fault = error instanceof Error ? error : new Error(String(error));
    }
    if (this.#all.includes(member)) this.#changed();
  }
}
