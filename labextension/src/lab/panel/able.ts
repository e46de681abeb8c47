/* What can be done with a run as it is. */
import type { RunItem } from "../api/types";

export type Deed = "stop" | "save" | "resume" | "rename" | "note" | "tags" | "delete";

/** Whether a worker drives it. */
export function goesOn({ state }: RunItem): boolean {
  return state === "running" || state === "starting";
}

/** Whether it can be done; the server has the last word. */
export function isAble(deed: Deed, run: RunItem): boolean {
  // Of two folders with one id nobody can say which is meant.
  if (run.copies > 1) return false;
  switch (deed) {
    case "stop":
    case "save":
      return goesOn(run);
    case "resume":
      return !goesOn(run) && run.state !== "finished";
    case "delete":
      return !goesOn(run);
    default:
      return true;
  }
}
