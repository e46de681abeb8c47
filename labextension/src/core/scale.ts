/** Round values beside an axis, and where values lie on it; the rules of `views/scale.py`. */

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
  readonly ticks: readonly number[];
}

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `rough`. */
function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((one) => power * one >= rough * (1 - 1e-9));
  return power * (factor ?? 10);
}

/** An axis from `low` to `high`, widened to round ends where `widen`. */
export function linearAxis(low: number, high: number, ticks: number, widen: boolean): Axis {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return linearAxis(0, 1, ticks, widen);
  if (high - low <= Math.abs(high) * 1e-9) {
    const spread = Math.abs(high) * 0.5 || 1;
    return linearAxis(low - spread, high + spread, ticks, widen);
  }
  const step = roundStep((high - low) / ticks);
  const first = widen ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9);
  const last = widen ? Math.ceil(high / step - 1e-9) : Math.floor(high / step + 1e-9);
  const at = Array.from({ length: Math.max(0, last - first) + 1 }, (_, i) => {
    return Number(((first + i) * step).toPrecision(12));
  });
  return {
    low: widen ? first * step : low,
    high: widen ? last * step : high,
    log: false,
    ticks: at,
  };
}

/** Pixels between two names along the bottom, where there is room; and the fewest that keep them apart. */
const ROOMY = 80;
const TIGHT = 30;
/** Names along the bottom that tell how far it is. */
const ENOUGH = 3;

/**
 * How far apart values are named along the bottom: enough of them for their distance to be seen, also where the
 * chart is narrow.
 *
 * @param width in pixels
 * @param whole whether there is nothing between two whole values
 * @returns 0 where there is but one value
 */
export function stride(low: number, high: number, width: number, whole: boolean): number {
  if (!(high > low) || !(high - low < Infinity)) return whole ? 1 : 0;
  const most = (room: number) => Math.max(1, width / room);
  const of = (parts: number) => {
    const found = roundStep((high - low) / parts);
    if (!whole) return found;
    return found <= 1 ? 1 : Number.isInteger(found) ? found : roundStep(found * 1.01);
  };
  const count = (one: number) => Math.floor(high / one + 1e-9) - Math.ceil(low / one - 1e-9) + 1;
  let found = of(most(ROOMY));
  for (let room = ROOMY; room >= TIGHT && count(found) < ENOUGH; room--) found = of(most(room));
  return found;
}

/** The multiples of a stride from `low` to `high`. */
export function multiples(low: number, high: number, of: number): number[] {
  if (!(of > 0)) return [];
  const first = Math.ceil(low / of - 1e-9);
  const last = Math.floor(high / of + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * of).toPrecision(12)),
  );
}

/** An axis on which each factor of ten takes the same room; `low` is positive. */
export function logAxis(low: number, high: number): Axis {
  return { low: low * 0.95, high: high * 1.05, log: true, ticks: logTicks(low, high) };
}

/**
 * Three to six round values between two positive ones, for an axis of powers of ten: powers where there are
 * enough of them, else parts of them, and within one power what a plain axis has.
 */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0 && high >= low && high < Infinity)) return [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const found = (every: number, factors: readonly number[]) => {
    const out: number[] = [];
    for (let power = Math.ceil(first / every) * every; power <= last; power += every) {
      for (const factor of factors) out.push(Number(`${factor}e${power}`));
    }
    return out.filter((one) => one >= low * (1 - 1e-9) && one <= high * (1 + 1e-9));
  };
  const fits = (ticks: readonly number[]) => ticks.length >= 3 && ticks.length <= 6;
  const every = Math.max(1, Math.ceil((last - first) / 6));
  for (const ticks of [found(every, [1]), found(1, [1, 2, 5]), found(1, [1, 3])]) {
    if (fits(ticks)) return ticks;
  }
  let plain: readonly number[] = [];
  for (let count = 4; count <= 8; count++) {
    plain = linearAxis(low, high, count, false).ticks.filter((one) => one > 0);
    if (plain.length >= 3) break;
  }
  return [...plain];
}

/** From 0 to 1 between the ends of an axis. */
export function part(axis: Axis, value: number): number {
  const f = axis.log ? Math.log10 : (x: number) => x;
  return (f(value) - f(axis.low)) / (f(axis.high) - f(axis.low));
}
