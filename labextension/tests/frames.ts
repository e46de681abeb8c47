/** Frames as the kernel sends them. */

/** Rows of one table as its description and its buffer. */
export function rows(
  name: string,
  columns: Readonly<Record<string, readonly number[]>>,
): [Record<string, unknown>, DataView] {
  const fields = Object.keys(columns);
  const count = Object.values(columns)[0]?.length ?? 0;
  const values = Float64Array.from(Object.values(columns).flat());
  return [{ name, from: 0, count, fields }, new DataView(values.buffer)];
}

/** A frame of the training table, with a loss that tells the step. */
export function steps(
  base: number,
  seq: number,
  from: number,
  to: number,
  more: Record<string, unknown> = {},
): [Record<string, unknown>, DataView[]] {
  const step = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const [table, buffer] = rows("train", { step, loss: step.map((one) => 1000 + one) });
  return [{ kind: "frame", v: 1, run: "r", base, seq, tables: [table], ...more }, [buffer]];
}

/** A frame without rows. */
export function bare(
  base: number,
  seq: number,
  view?: Record<string, unknown>,
): [Record<string, unknown>, DataView[]] {
  return [{ kind: "frame", v: 1, run: "r", base, seq, tables: [], ...(view && { view }) }, []];
}

export const LIVE = { name: "first", state: "running", live: true, commands: [] };
