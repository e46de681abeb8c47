/* What is told when a run ends. */
import { progressWords, errorWords } from "../panel/run_words";
import { nameOf } from "../panel/choice";
import type { RunItem } from "../api/types";
import type { Words } from "../words";

/** When a person wants to be told. */
export type Wanted = "always" | "failed" | "never";

export function wantedOf(setting: unknown): Wanted {
  return setting === "failed" || setting === "never" ? setting : "always";
}

export interface Ending {
  readonly text: string;
  readonly kind: "success" | "info" | "error";
}

/** JupyterLab shows no more than 140 characters of a notification. */
const LONGEST = 140;

/** What there is to tell of a run that has ended, `null` for nothing. */
export function endingOf(run: RunItem, wanted: Wanted, { say, language }: Words): Ending | null {
  const { state } = run;
  if (state !== "finished" && state !== "stopped" && state !== "failed" && state !== "died") {
    return null;
  }
  const isBad = state === "failed" || state === "died";
  if (wanted === "never" || (wanted === "failed" && !isBad)) return null;
  // A long name must not push out why.
  const what = say(`lab_panel.ended.${state}`, { name: shortened(nameOf(run), 60) });
  const why = isBad ? errorWords(run, language) : "";
  const where = progressWords(run, say);
  let text = what;
  if (why) text = say("lab_panel.ended_why", { what, why });
  else if (where) text = say("lab_panel.ended_at", { what, where });
  const kind = isBad ? "error" : state === "finished" ? "success" : "info";
  return { text: shortened(text, LONGEST), kind };
}

function shortened(text: string, longest: number): string {
  const signs = Array.from(text);
  return signs.length <= longest ? text : `${signs.slice(0, longest - 1).join("")}…`;
}
