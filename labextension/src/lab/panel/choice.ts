/* Which runs the list shows, and in which order. */
import { isLive } from "../api/living";
import type { RunItem } from "../api/types";
import type { Say } from "../../core/texts";

export const SORTS = ["newest", "name", "state", "loss"] as const;
export type Sort = (typeof SORTS)[number];

export const STATES = [
  "created",
  "starting",
  "running",
  "finished",
  "stopped",
  "failed",
  "died",
] as const;

/** `all`, `live`, `ended`, or one state. */
export type StateWish = "all" | "live" | "ended" | RunItem["state"];
export const STATE_WISHES: readonly StateWish[] = ["all", "live", "ended", ...STATES.slice(2)];

/** What somebody wants to see. */
export interface Wish {
  /** Words that all must be there. */
  readonly text: string;
  readonly state: StateWish;
  /** All of them must be there. */
  readonly tags: readonly string[];
  readonly sort: Sort;
}

export const EVERYTHING: Wish = { text: "", state: "all", tags: [], sort: "newest" };

/** Whether a wish leaves runs out. */
export function isNarrow(wish: Wish): boolean {
  return wish.text.trim() !== "" || wish.state !== "all" || wish.tags.length > 0;
}

/** A wish as it was kept; what is not of its kind counts as not wished. */
export function wishFrom(kept: unknown): Wish {
  const { text, state, tags, sort } = (kept ?? {}) as Readonly<Record<string, unknown>>;
  return {
    text: typeof text === "string" ? text : "",
    state: STATE_WISHES.find((one) => one === state) ?? "all",
    tags: Array.isArray(tags) ? tags.filter((one) => typeof one === "string") : [],
    sort: SORTS.find((one) => one === sort) ?? "newest",
  };
}

/** What a person calls a run. */
export function nameOf(run: RunItem): string {
  return run.label || run.name;
}

/** A list of hundreds is filtered at each key: what is looked through is put together once a run. */
const haystacks = new WeakMap<RunItem, string>();

function haystack(run: RunItem, say: Say): string {
  let found = haystacks.get(run);
  if (found === undefined) {
    const parts = [run.label, run.name, ...run.tags, run.note, run.model, run.method, run.stage];
    parts.push(run.notebook ?? "", run.state, say(`views.state.${run.state}`));
    found = parts.join("\n").toLowerCase();
    haystacks.set(run, found);
  }
  return found;
}

function isOf(run: RunItem, state: StateWish): boolean {
  if (state === "all") return true;
  if (state === "live") return isLive(run.state);
  if (state === "ended") return !isLive(run.state);
  return run.state === state;
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** What goes on stands first, and what went wrong before what went well. */
const RANKS: readonly RunItem["state"][] = [
  "running",
  "starting",
  "created",
  "failed",
  "died",
  "stopped",
  "finished",
];

const newest = (one: RunItem, other: RunItem) =>
  other.created - one.created || names.compare(one.id, other.id);

const ORDERS: Readonly<Record<Sort, (one: RunItem, other: RunItem) => number>> = {
  newest,
  name: (one, other) => names.compare(nameOf(one), nameOf(other)) || newest(one, other),
  state: (one, other) =>
    RANKS.indexOf(one.state) - RANKS.indexOf(other.state) || newest(one, other),
  // A run without a loss is neither good nor bad: it comes last.
  loss: (one, other) => {
    if (one.loss === null || other.loss === null) {
      return Number(one.loss === null) - Number(other.loss === null) || newest(one, other);
    }
    return one.loss - other.loss || newest(one, other);
  },
};

/** The runs of a wish, in its order. */
export function chosen(runs: readonly RunItem[], wish: Wish, say: Say): RunItem[] {
  const words = wish.text.toLowerCase().split(/\s+/).filter(Boolean);
  return runs
    .filter(
      (run) =>
        isOf(run, wish.state) &&
        wish.tags.every((tag) => run.tags.includes(tag)) &&
        words.every((word) => haystack(run, say).includes(word)),
    )
    .sort(ORDERS[wish.sort]);
}
