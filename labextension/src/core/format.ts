/** Numbers as people read them; the same rules as `views/amounts.py`. */
import type { Say } from "./texts";

export const MISSING = "–";

function grouped(text: string): string {
  const [whole = "", ...rest] = text.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
}

/** A number with a few significant digits, without an exponent where that is short. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return MISSING;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e6) {
    const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
    return grouped(value.toFixed(decimals));
  }
  const [mantissa = "", exponent = ""] = value.toExponential(digits - 1).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return `${short}e${Number(exponent)}`;
}

/** A whole number with separators. */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(value.toFixed(0)) : MISSING;
}

/** A large number in a few characters: `134.5 M`. */
export function shortCount(value: number): string {
  for (const [size, unit] of [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  }
  return count(value);
}

/** Bytes in decimal units, as disks and memory are sold. */
export function dataSize(value: number): string {
  if (!Number.isFinite(value)) return MISSING;
  for (const [size, unit] of [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ] as const) {
    if (Math.abs(value) < size) continue;
    const shown = value / size;
    return `${shown < 10 ? shown.toFixed(2) : grouped(shown.toFixed(0))} ${unit}`;
  }
  return `${value.toFixed(0)} B`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A time in its two largest units. */
export function duration(seconds: number, say: Say): string {
  if (!Number.isFinite(seconds)) return MISSING;
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 9.95) return say("views.time.short", { seconds: Math.max(0, seconds).toFixed(1) });
  if (whole < 60) return say("views.time.seconds", { seconds: whole });
  const minutes = Math.floor(whole / 60);
  if (whole < 3600) return say("views.time.minutes", { minutes, seconds: two(whole % 60) });
  const hours = Math.floor(whole / 3600);
  if (whole < 86_400) {
    return say("views.time.hours", { hours, minutes: two(Math.floor((whole % 3600) / 60)) });
  }
  const days = Math.floor(whole / 86_400);
  return say("views.time.days", { days, hours: two(Math.floor((whole % 86_400) / 3600)) });
}
