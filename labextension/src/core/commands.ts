import type { Both } from "./language";
import type { Answered, CommandName } from "./wire";

/**
 * How far a command is: `asked` of the kernel, `sent` to the run, then `confirmed` or `refused` by an event;
 * `unanswered` where the kernel said nothing for a while.
 */
export type Stage = "asked" | "sent" | "confirmed" | "refused" | "unanswered";

export interface Command {
  readonly what: CommandName;
  readonly params: Do["params"];
  /** What this page calls it. */
  readonly id: string;
  /** What the run calls it, once that is known. */
  readonly sentAs: string;
  readonly stage: Stage;
  readonly text: Both;
  /** When it was asked, and when it was confirmed or refused (NaN before), in milliseconds. */
  readonly at: number;
  readonly settled: number;
}

/** Message that asks the kernel to do something. */
export interface Do {
  readonly kind: "do";
  readonly id: string;
  readonly what: CommandName;
  readonly params: Readonly<Record<string, unknown>>;
}

const PATIENCE = 15_000;
const NOTHING: Both = ["", ""];

/** The last command of each kind that this page gave, and what became of it. */
export class Commands {
  #last = new Map<CommandName, Command>();
  #number = 0;
  /** Ids must differ between the pages that show a run. */
  readonly #page = Math.random().toString(36).slice(2, 10);
  /** Whether the run had ended when it was last told of. */
  #isOver = false;

  /** What became of the last command of a kind. */
  of(what: CommandName): Command | undefined {
    return this.#last.get(what);
  }

  all(): Command[] {
    return [...this.#last.values()].sort((one, other) => one.at - other.at);
  }

  /** Whether one of a kind is under way; a run that was told to stop is told so once. */
  isPending(what: CommandName): boolean {
    const stage = this.#last.get(what)?.stage;
    return stage === "asked" || stage === "sent" || (what === "stop" && stage === "confirmed");
  }

  /** The message to send; `null` while one of its kind is under way. */
  press(what: CommandName, params: Do["params"], now: number): Do | null {
    if (this.isPending(what)) return null;
    const id = `${this.#page}-${++this.#number}`;
    this.#last.set(what, {
      what,
      params,
      id,
      sentAs: "",
      stage: "asked",
      text: NOTHING,
      at: now,
      settled: NaN,
    });
    return { kind: "do", id, what, params };
  }

  /** The kernel sent it to the run, or says why not. */
  done(id: string, ok: boolean, text: Both, sentAs: string, now: number): void {
    for (const command of this.#last.values()) {
      if (command.id !== id || isSettled(command)) continue;
      if (ok) this.#last.set(command.what, { ...command, stage: "sent", text, sentAs });
      else this.#settle(command, "refused", text, now);
    }
  }

  /** What the events say about commands; and a run that has ended answers no more. */
  told(answers: readonly Answered[], live: boolean, over: Both, now: number): void {
    // One that goes on again can be stopped again.
    if (live && this.#isOver) this.#last.delete("stop");
    this.#isOver = !live;
    for (const command of this.#last.values()) {
      if (isSettled(command)) continue;
      const answer = answers.find((one) => one.id !== "" && one.id === command.sentAs);
      if (answer && answer.ok !== null) {
        this.#settle(command, answer.ok ? "confirmed" : "refused", answer.text, now);
      } else if (!live) {
        this.#settle(command, command.what === "stop" ? "confirmed" : "refused", over, now);
      }
    }
  }

  /** Give up waiting for a kernel that says nothing; true where something changed. */
  wait(now: number, lost: Both): boolean {
    let changed = false;
    for (const command of this.#last.values()) {
      if (command.stage !== "asked" || now - command.at < PATIENCE) continue;
      this.#last.set(command.what, { ...command, stage: "unanswered", text: lost });
      changed = true;
    }
    return changed;
  }

  /** The kernel could not even be asked. */
  lost(id: string, text: Both): void {
    for (const command of this.#last.values()) {
      if (command.id === id)
        this.#last.set(command.what, { ...command, stage: "unanswered", text });
    }
  }

  #settle(command: Command, stage: Stage, text: Both, now: number): void {
    this.#last.set(command.what, { ...command, stage, text, settled: now });
  }
}

function isSettled(command: Command): boolean {
  return command.stage === "confirmed" || command.stage === "refused";
}
