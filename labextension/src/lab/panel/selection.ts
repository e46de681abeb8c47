/* Which rows are chosen, and on which of them the keys act. By ids: rows move, come and go. */

export interface Selection {
  readonly chosen: ReadonlySet<string>;
  /** Where the keys are. */
  readonly active: string | null;
  /** Where a range begins. */
  readonly anchor: string | null;
}

export const NOTHING: Selection = { chosen: new Set(), active: null, anchor: null };

/** How a row is pressed: alone, one more (Ctrl or ⌘), or a range up to it (Shift). */
export type Way = "alone" | "toggle" | "range";

export function wayOf(event: MouseEvent | KeyboardEvent): Way {
  if (event.shiftKey) return "range";
  return event.ctrlKey || event.metaKey ? "toggle" : "alone";
}

/** Choose a row. @param order of the ids as they are shown */
export function choose(now: Selection, id: string, way: Way, order: readonly string[]): Selection {
  if (way === "toggle") {
    const chosen = new Set(now.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    return { chosen, active: id, anchor: id };
  }
  const begin = now.anchor === null ? -1 : order.indexOf(now.anchor);
  const end = order.indexOf(id);
  if (way === "range" && begin >= 0 && end >= 0) {
    const between = order.slice(Math.min(begin, end), Math.max(begin, end) + 1);
    return { chosen: new Set(between), active: id, anchor: now.anchor };
  }
  return { chosen: new Set([id]), active: id, anchor: id };
}

/** Where a key leads to from the active row; `null` for a key that leads nowhere. */
export function target(
  now: Selection,
  key: string,
  order: readonly string[],
  page: number,
): string | null {
  const here = now.active === null ? -1 : order.indexOf(now.active);
  const last = order.length - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: here + 1,
    ArrowUp: here < 0 ? last : here - 1,
    PageDown: here + page,
    PageUp: here - page,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  return to === undefined ? null : (order[Math.max(0, Math.min(last, to))] ?? null);
}

/** What is left of it when rows went away; the keys go on where the active row was. */
export function kept(
  now: Selection,
  order: readonly string[],
  before: readonly string[],
): Selection {
  const there = new Set(order);
  const lost = [...now.chosen].filter((id) => !there.has(id));
  const isThere = now.active === null || there.has(now.active);
  if (lost.length === 0 && isThere) return now;
  const chosen = new Set([...now.chosen].filter((id) => there.has(id)));
  let { active, anchor } = now;
  if (!isThere && active !== null) {
    const here = before.indexOf(active);
    const near = [...before.slice(here + 1), ...before.slice(0, Math.max(0, here)).reverse()];
    active = near.find((id) => there.has(id)) ?? null;
  }
  if (anchor !== null && !there.has(anchor)) anchor = active;
  return { chosen, active, anchor };
}
