/*
 * The line under a recipe: how many faults it has, those that no line has, or else what it would
 * take of the memory, and notes. It is there once the recipe was looked at, and says nothing aloud.
 */
import { nextDiagnostic } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { showPanel, type EditorView, type Panel } from "@codemirror/view";
import { h } from "../../core/dom";
import { dataSize } from "../../core/format";
import type { EstimateBody, Problem } from "../api/types";
import type { Words } from "../words";
import { said, told, type Said } from "./said";

export function summary(words: Words): Extension {
  return showPanel.compute([said], (state) =>
    state.field(said) === null ? null : (view) => panel(view, words),
  );
}

function panel(view: EditorView, words: Words): Panel {
  const dom = h("div", { class: "ftkernel ft-editing-summary" });
  const draw = (view: EditorView) => {
    const now = view.state.field(said, false);
    if (now) dom.replaceChildren(...parts(view, now, words));
  };
  draw(view);
  return {
    dom,
    update(update) {
      if (update.startState.field(said, false) !== update.state.field(said, false))
        draw(update.view);
    },
  };
}

function parts(view: EditorView, { validated, whole }: Said, words: Words): HTMLElement[] {
  const { say } = words;
  const { problems, estimate, notes } = validated;
  const out: HTMLElement[] = [];
  if (problems.length > whole.length) out.push(jump(view, problems.length - whole.length, words));
  out.push(...whole.map(unplaced));
  if (estimate) out.push(memory(estimate, words));
  if (notes.length > 0) {
    const head = h("summary", {}, say("lab_editing.notes", { notes: notes.length }));
    out.push(h("details", {}, head, ...notes.map((note) => h("p", {}, note))));
  }
  return out;
}

/** Goes to the next fault, and shows it. */
function jump(view: EditorView, problems: number, { say }: Words): HTMLElement {
  const label = say("lab_editing.problems", { problems });
  const button = h("button", { type: "button", class: "ft-editing-problems" }, label);
  button.addEventListener("click", () => {
    view.focus();
    nextDiagnostic(view);
  });
  return button;
}

function unplaced(problem: Problem): HTMLElement {
  return h("span", { class: "ft-editing-whole" }, told(problem));
}

function memory(estimate: EstimateBody, { say }: Words): HTMLElement {
  const fields = {
    needs: dataSize(estimate.memory_bytes),
    has: dataSize(estimate.memory_available),
  };
  const code = estimate.fits ? "lab_editing.memory" : "lab_editing.memory_short";
  const kind = estimate.fits ? "ft-editing-memory" : "ft-editing-memory ft-editing-short";
  return h("span", { class: kind }, say(code, fields));
}
