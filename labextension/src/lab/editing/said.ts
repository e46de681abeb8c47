/* What the server last said of a recipe, kept with the editor's state, and drawn in its text. */
import { forEachDiagnostic, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { StateEffect, StateField, type EditorState, type TransactionSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Problem, Validated } from "../api/types";
import { h } from "../../core/dom";
import type { Say } from "../../core/texts";
import type { Body } from "./body";
import { faultPlace, replaceable } from "./places";

export interface Said {
  readonly validated: Validated;
  /** The faults of the recipe as a whole, which no line has. */
  readonly whole: readonly Problem[];
}

const saying = StateEffect.define<Said | null>();

/** `null` before the recipe was looked at. */
export const said = StateField.define<Said | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(saying)) return effect.value;
    return value;
  },
});

/** A fault, and what to do about it. */
export function told({ message, hint }: Problem): string {
  if (!hint) return message;
  return message.endsWith("。") ? message + hint : `${message} ${hint}`;
}

/** Show what was said of a text, while the editor still has it. */
export function tell(view: EditorView, body: Body, validated: Validated, say: Say): void {
  const { doc } = view.state;
  const drawn: Diagnostic[] = [];
  const whole: Problem[] = [];
  for (const problem of validated.problems) {
    const place = faultPlace(doc, body, problem);
    if (place) drawn.push({ ...place, ...drawing(problem, say) });
    else whole.push(problem);
  }
  drawn.sort((one, other) => one.from - other.from);
  view.dispatch(withSaid(view.state, drawn, { validated, whole }));
}

/** Say nothing more. */
export function hush(view: EditorView): void {
  view.dispatch(withSaid(view.state, [], null));
}

function withSaid(state: EditorState, drawn: Diagnostic[], what: Said | null): TransactionSpec {
  const lint = setDiagnostics(state, drawn);
  const effects = lint.effects === undefined ? [] : [lint.effects].flat();
  return { ...lint, effects: [...effects, saying.of(what)] };
}

function drawing(problem: Problem, say: Say): Omit<Diagnostic, "from" | "to"> {
  return {
    severity: "error",
    message: told(problem),
    renderMessage: () => h("span", { class: "ft-editing-told" }, told(problem)),
    actions: problem.replacements.slice(0, 3).map((text) => ({
      name: say("lab_editing.replace", { text }),
      markClass: "ft-editing-action",
      apply: (view, from) => replace(view, from, { ...problem, replacements: [text] }),
    })),
  };
}

/** Put what was meant in the place of what was written. */
function replace(view: EditorView, at: number, problem: Problem): void {
  const line = view.state.doc.lineAt(at);
  const found = replaceable(line.text, problem);
  const insert = found?.texts[0];
  if (!found || insert === undefined) return;
  const from = line.from + found.span.from;
  view.dispatch({
    changes: { from, to: line.from + found.span.to, insert },
    selection: { anchor: from + insert.length },
    userEvent: "input.complete",
  });
  view.focus();
}

/** A fault as it is drawn, where it stands by now. */
export interface Drawn {
  readonly diagnostic: Diagnostic;
  readonly from: number;
  readonly to: number;
}

/** The faults of the line that the cursor is in. */
export function faultsHere({ state }: EditorView): Drawn[] {
  const line = state.doc.lineAt(state.selection.main.head);
  const found: Drawn[] = [];
  forEachDiagnostic(state, (diagnostic, from, to) => {
    if (from <= line.to && to >= line.from) found.push({ diagnostic, from, to });
  });
  return found;
}

/** What mends the first fault at the cursor that can be, and what that is called; `null` for none. */
export function mending(view: EditorView): { name: string; mend: () => void } | null {
  for (const { diagnostic, from, to } of faultsHere(view)) {
    const [first] = diagnostic.actions ?? [];
    if (first) return { name: first.name, mend: () => first.apply(view, from, to) };
  }
  return null;
}
