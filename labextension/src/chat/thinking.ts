/** What a model thinks before it answers, told apart from the answer by its marks. */

export type Pair = readonly [open: string, close: string];

export interface Part {
  readonly thinking: boolean;
  readonly text: string;
  /** Whether its end has not come (yet). */
  readonly open: boolean;
}

export const USUAL: readonly Pair[] = [["<think>", "</think>"]];

/**
 * Split an answer into its parts, in their order; parts that are empty are left out.
 *
 * @param inside whether the prompt opened the thinking, so that the text begins within
 */
export function split(text: string, inside: boolean, pairs: readonly Pair[] = USUAL): Part[] {
  const parts: Part[] = [];
  let rest = text;
  let closes: readonly string[] | null = inside ? pairs.map(([, close]) => close) : null;
  for (;;) {
    const marks = closes ?? pairs.map(([open]) => open);
    const found = first(rest, marks);
    const thinking = closes !== null;
    add(parts, thinking, found ? rest.slice(0, found.at) : rest, thinking && !found);
    if (!found) return parts;
    rest = rest.slice(found.at + found.mark.length);
    const pair = pairs.find(([open]) => open === found.mark);
    closes = closes === null && pair ? [pair[1]] : null;
  }
}

/** The answer alone, as it is copied and read out. */
export function answerOf(parts: readonly Part[]): string {
  return parts
    .filter((one) => !one.thinking)
    .map((one) => one.text)
    .join("\n\n");
}

function add(parts: Part[], thinking: boolean, text: string, open: boolean): void {
  const shown = thinking ? text.trim() : parts.length ? text.trimStart() : text;
  if (shown.trim() || open) parts.push({ thinking, text: shown, open });
}

function first(text: string, marks: readonly string[]): { at: number; mark: string } | null {
  let best: { at: number; mark: string } | null = null;
  for (const mark of marks) {
    const at = text.indexOf(mark);
    if (at >= 0 && (!best || at < best.at)) best = { at, mark };
  }
  return best;
}
