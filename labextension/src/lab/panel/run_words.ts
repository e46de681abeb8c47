/* What the list says of a run, in words. */
import { count, dataSize, duration, significant } from "../../core/format";
import type { Say } from "../../core/texts";
import { ICONS } from "../../core/states";
import type { RunItem } from "../api/types";
import { nameOf } from "./choice";

/** The state as a word; one that a later version has, as it is. */
export function stateWords(run: RunItem, say: Say): string {
  return run.state in ICONS ? say(`views.state.${run.state}`) : run.state;
}

/** How far it is: the phase before the first step, then the steps. */
export function progressWords(run: RunItem, say: Say): string {
  const { phase } = run;
  if (run.live && run.step === 0 && phase) return phaseWords(phase, say);
  if (run.total_steps) {
    return say("views.step_of", { step: count(run.step), total: count(run.total_steps) });
  }
  return run.step > 0 ? say("views.step", { step: count(run.step) }) : "";
}

function phaseWords(phase: NonNullable<RunItem["phase"]>, say: Say): string {
  const name = spoken(say, `views.phase.${phase.name}`, phase.name);
  const { done, total } = phase;
  if (done === null || total === 1 || (total === null && done === 0)) return name;
  const inBytes = phase.unit === "bytes";
  const amount = inBytes ? dataSize : count;
  const unit = inBytes ? "" : spoken(say, `views.unit.${phase.unit}`, phase.unit);
  const fields = { phase: name, done: amount(done), unit };
  if (total === null) return say("views.phase_done", fields).trim();
  return say("views.phase_of", { ...fields, total: amount(total) }).trim();
}

function spoken(say: Say, code: string, otherwise: string): string {
  const text = say(code);
  return text === code ? otherwise : text;
}

/** What part is done, 0 to 1; `null` where nobody knows. */
export function part(run: RunItem): number | null {
  if (run.step === 0) {
    const { done, total } = run.phase ?? { done: null, total: null };
    return done !== null && total ? Math.min(1, done / total) : null;
  }
  return run.total_steps ? Math.min(1, run.step / run.total_steps) : null;
}

export function lossWords(run: RunItem, say: Say): string {
  return run.loss === null ? "" : say("lab_panel.loss", { loss: significant(run.loss, 4) });
}

/** The time left, no more exact than it can be known. */
export function leftWords(run: RunItem, say: Say): string {
  const { eta_seconds: left } = run;
  if (!run.live || left === null || left <= 0 || run.step < 3) return "";
  return say("views.left", { time: coarse(left, say) });
}

function coarse(seconds: number, say: Say): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 55) return duration(Math.max(10, 10 * Math.round(seconds / 10)), say);
  if (minutes < 60) return say("views.time.only_minutes", { minutes });
  if (minutes < 600) return duration(600 * Math.round(seconds / 600), say);
  if (minutes < 2880) return say("views.time.only_hours", { hours: Math.round(minutes / 60) });
  return say("views.time.only_days", { days: Math.round(minutes / 1440) });
}

export function memoryWords(run: RunItem): string {
  return run.live && run.memory_bytes !== null ? dataSize(run.memory_bytes) : "";
}

/** When it was begun: a time of today, else a day. */
export function whenWords(run: RunItem, language: string, now = new Date()): string {
  if (run.created <= 0) return "";
  const then = new Date(1000 * run.created);
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  if (then.toDateString() === now.toDateString()) return then.toLocaleTimeString(locale, time);
  const day = { month: "short", day: "numeric" } as const;
  if (then.getFullYear() === now.getFullYear()) {
    return then.toLocaleDateString(locale, day);
  }
  return then.toLocaleDateString(locale, { ...day, year: "numeric" });
}

/** What kind of run it is: the model's name without its folders, and the method. */
export function kindWords(run: RunItem): string {
  const model = run.model.split(/[/\\]/).filter(Boolean).at(-1) ?? "";
  return [model, run.method].filter(Boolean).join(" · ");
}

/** Why it failed, in a language. */
export function errorWords(run: RunItem, language: string): string {
  const [en = "", zh = en] = run.error ?? [];
  return language === "zh" ? zh : en;
}

/** All that the row shows, for those who listen, and in full where the row is too narrow. */
export function lines(run: RunItem, say: Say, language: string): string[] {
  const name = nameOf(run);
  return [
    run.label ? say("lab_panel.label", { label: name, name: run.name }) : name,
    stateWords(run, say),
    progressWords(run, say),
    lossWords(run, say),
    leftWords(run, say),
    memoryWords(run) && say("lab_panel.memory", { size: memoryWords(run) }),
    errorWords(run, language),
    curveWords(run, say),
    kindWords(run),
    say("lab_panel.begun", { time: new Date(1000 * run.created).toLocaleString(language) }),
    run.tags.length ? say("lab_panel.tags", { tags: run.tags.join(", ") }) : "",
    run.note ? say("lab_panel.note", { note: run.note.slice(0, 500) }) : "",
    run.copies > 1 ? say("lab_panel.copies", { copies: run.copies }) : "",
  ].filter(Boolean);
}

function curveWords({ sparkline }: RunItem, say: Say): string {
  const [first, last] = [sparkline[0], sparkline.at(-1)];
  if (first === undefined || last === undefined || sparkline.length < 2) return "";
  const lowest = Math.min(...sparkline);
  return say("lab_panel.curve", {
    first: significant(first),
    last: significant(last),
    lowest: significant(lowest),
  });
}
