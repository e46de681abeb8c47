/* What the status bar says of the runs that go on. */
import { count, dataSize, significant } from "../../core/format";
import type { Say } from "../../core/texts";
import type { RunItem } from "../api/types";
import { nameOf } from "../panel/choice";
import { progressWords } from "../panel/run_words";

/** The runs that a worker drives, or will in a moment. */
export function runningOf(runs: readonly RunItem[]): RunItem[] {
  return runs.filter((run) => run.state === "running" || run.state === "starting");
}

/** How many go on, how far the newest is, and the memory of all; empty where none goes on. */
export function statusWords(running: readonly RunItem[], say: Say): string {
  const [newest] = running;
  if (!newest) return "";
  const memory = running.reduce((sum, run) => sum + (run.memory_bytes ?? 0), 0);
  return [
    say("lab_panel.status", { count: running.length }),
    stepsOf(newest, say),
    newest.loss === null ? "" : say("lab_panel.loss", { loss: significant(newest.loss) }),
    memory > 0 ? dataSize(memory) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** `40/200` is short enough for a status bar. */
function stepsOf(run: RunItem, say: Say): string {
  if (run.step === 0 || !run.total_steps) return progressWords(run, say);
  return `${count(run.step)}/${count(run.total_steps)}`;
}

/** The same in full, a run a line. */
export function statusLines(running: readonly RunItem[], say: Say): string[] {
  return running.map((run) => {
    const loss = run.loss === null ? "" : say("lab_panel.loss", { loss: significant(run.loss) });
    const memory = run.memory_bytes === null ? "" : dataSize(run.memory_bytes);
    const told = [nameOf(run), progressWords(run, say), loss, memory];
    return told.filter(Boolean).join(" · ");
  });
}
