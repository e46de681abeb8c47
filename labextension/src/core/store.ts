import { Table } from "./table";
import {
  EMPTY_VIEW,
  isObject,
  readBoth,
  readMarks,
  readView,
  type Frame,
  type Mark,
  type View,
} from "./wire";

/** What became of a frame: taken in, known already, or built on something that never arrived. */
export type Taken = "taken" | "known" | "hole";

/**
 * Everything that is known of a run: what frames have told, in order, each once.
 *
 * A frame extends the state after event `base` to that after event `seq`. One that begins later than what is
 * known shows a hole; one that overlaps adds only what is new; base 0 is a snapshot and replaces everything.
 */
export class RunStore {
  readonly train = new Table();
  readonly evaluations = new Table(5_000);
  marks: readonly Mark[] = [];
  view: View | null = null;
  /** Of the last event that is known; 0 before the first frame. */
  seq = 0;
  /** Whether anything but the picture from the saved output is known. */
  fed = false;

  take(frame: Frame): Taken {
    if (frame.base === 0) {
      if (this.fed && frame.seq < this.seq) return "known";
      if (this.fed && frame.seq === this.seq) {
        // A snapshot for another page, perhaps a coarser one: what is here is as new, and finer.
        this.#look(frame.view);
        return "taken";
      }
      this.view = null;
      this.train.clear();
      this.evaluations.clear();
      this.marks = [];
    } else if (!this.fed || frame.base > this.seq) {
      return "hole";
    } else if (frame.seq < this.seq) {
      return "known";
    }
    // A frame with the same seq may still bring a view that no event changed, such as one with a new state.
    for (const rows of frame.tables) this[rows.name].append(rows);
    if (frame.marks) this.marks = joined(this.marks, frame.marks.from, frame.marks.items);
    this.#look(frame.view);
    this.seq = frame.seq;
    this.fed = true;
    return "taken";
  }

  /**
   * A first picture, from the JSON that is saved with the output, until frames come.
   *
   * @param run what `views.mime.run_json` wrote
   */
  takeSaved(run: unknown): void {
    if (this.fed || !isObject(run)) return;
    const model = [run.model, run.method].filter((one) => typeof one === "string" && one !== "");
    this.#look(
      readView({
        ...run,
        title: readBoth(model.join(" · ")),
        activity: readBoth(run.activity),
        phase: isObject(run.phase)
          ? { ...run.phase, text: readBoth(run.activity), part: share(run.phase) }
          : null,
        warned: texts(run.warned),
        adjusted: texts(run.adjusted),
        samples: run.sampled,
        error: twice(run.error),
      }),
    );
    this.marks = readMarks(run.marks);
    this.train.clear();
    this.evaluations.clear();
    this.#takeSeries(run.series);
  }

  #look(parts: Partial<View> | null): void {
    if (parts) this.view = { ...(this.view ?? EMPTY_VIEW), ...parts };
  }

  #takeSeries(series: unknown): void {
    if (!isObject(series)) return;
    const { eval_loss: held, ...train } = series;
    this.train.append({ name: "train", ...united(train) });
    this.evaluations.append({ name: "evaluations", ...united({ loss: held }) });
  }
}

const MOST_MARKS = 1_000;

/** Marks with those that go on from one of them; what is told twice is there once. */
function joined(known: readonly Mark[], from: number, items: readonly Mark[]): readonly Mark[] {
  const kept = known.slice(0, from);
  const name = (mark: Mark) => [mark.kind, mark.step, mark.detail[0]].join();
  const last = new Set(kept.slice(-items.length - 50).map(name));
  return [...kept, ...items.filter((mark) => !last.has(name(mark)))].slice(-MOST_MARKS);
}

function share(phase: Record<string, unknown>): number | null {
  const { done, total } = phase;
  return typeof done === "number" && typeof total === "number" && total > 0 ? done / total : null;
}

/** Lines in both languages; older notebooks have saved those of one. */
function twice(lines: unknown): unknown {
  if (!Array.isArray(lines)) return null;
  return lines.every(Array.isArray) ? lines : [lines, lines];
}

function texts(notes: unknown): unknown[] {
  return Array.isArray(notes) ? notes.map((note) => (isObject(note) ? note.text : "")) : [];
}

/** Series with steps of their own as one table over all their steps. */
function united(series: Record<string, unknown>): {
  count: number;
  columns: Map<string, Float64Array>;
} {
  const values = new Map<string, Map<number, number>>();
  const steps = new Set<number>();
  for (const [name, one] of Object.entries(series)) {
    if (!isObject(one) || !Array.isArray(one.step) || !Array.isArray(one.value)) continue;
    const found = new Map<number, number>();
    for (const [index, step] of one.step.entries()) {
      const value: unknown = one.value[index];
      if (typeof step !== "number" || typeof value !== "number") continue;
      found.set(step, value);
      steps.add(step);
    }
    values.set(name, found);
  }
  const ordered = [...steps].sort((one, other) => one - other);
  const columns = new Map([["step", Float64Array.from(ordered)]]);
  for (const [name, found] of values) {
    columns.set(
      name,
      Float64Array.from(ordered, (step) => found.get(step) ?? NaN),
    );
  }
  return { count: ordered.length, columns };
}
