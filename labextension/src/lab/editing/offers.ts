/* What the server offers at the cursor, as JupyterLab's completer shows it. */
import { Text } from "@jupyterlab/coreutils";
import type { Completed, Offer } from "../api/types";

/** One line of the list that JupyterLab shows; `documentation` stands beside it. */
export interface Item {
  readonly label: string;
  readonly insertText: string;
  readonly type: string;
  documentation?: string;
}

/** Offers for a part of the text, in characters, as JupyterLab counts between its parts. */
export interface Reply {
  readonly start: number;
  readonly end: number;
  readonly items: Item[];
}

const NO_BREAK_SPACE = "\u00a0";
const NO_BREAK_HYPHEN = "\u2011";

/** The column beside the offers breaks wherever it may. */
function typeOf({ kind, note }: Offer): string {
  const shown = note ? `${kind} · ${note}` : kind;
  return shown.replaceAll(" ", NO_BREAK_SPACE).replaceAll("-", NO_BREAK_HYPHEN);
}

/**
 * The server's offers.
 *
 * @param cell its text
 * @param invoked whether a person asked for them: otherwise what is there already is not offered
 */
export function replyOf(cell: string, found: Completed, invoked: boolean): Reply {
  const written = cell.slice(found.start, found.end);
  const offers = found.offers.filter(({ text }) => text !== "");
  const isDone = !invoked && offers.length === 1 && offers[0]?.text.trim() === written;
  return {
    start: Text.jsIndexToCharIndex(found.start, cell),
    end: Text.jsIndexToCharIndex(found.end, cell),
    items: (isDone ? [] : offers).map((offer) => ({
      label: offer.text.trim(),
      insertText: offer.text,
      type: typeOf(offer),
      ...(offer.help ? { documentation: offer.help } : {}),
    })),
  };
}

/** An answer of the kernel to the same question, as far as it is looked at. */
export interface KernelOffers {
  readonly cursor_start: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The notebook's variables, which only its kernel knows, out of what it offers. */
export function variablesOf(found: KernelOffers, start: number): Item[] {
  const told = found.metadata._jupyter_types_experimental;
  if (found.cursor_start !== start || !Array.isArray(told)) return [];
  return told.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const { text, type } = one as Record<string, unknown>;
    if (typeof text !== "string" || typeof type !== "string") return [];
    if (!type.startsWith("variable")) return [];
    return [{ label: text, insertText: text, type }];
  });
}

/** Both together, each offer once. */
export function joined(reply: Reply, more: readonly Item[]): Reply {
  const there = new Set(reply.items.map(({ insertText }) => insertText.trim()));
  const items = [...reply.items, ...more.filter((one) => !there.has(one.insertText.trim()))];
  return { ...reply, items };
}

/** One character that goes on a word, or the space after a colon: then offers come by themselves. */
const GOES_ON = /^[\p{L}\p{N}_$@./-]$/u;

export interface Delta {
  readonly insert?: unknown;
  readonly delete?: unknown;
}

/** Whether a change of the text is one after which offers come by themselves. */
export function asksForOffers(deltas: readonly Delta[] | undefined): boolean {
  if (!deltas || deltas.some((one) => one.delete !== undefined)) return false;
  const inserted = deltas.map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
  return GOES_ON.test(inserted);
}
