/*
 * The line under a recipe: how many faults it has, the one at the cursor, those that no line has; or
 * else what the run would take of the memory; and notes. It is there once the recipe was looked at,
 * and says nothing aloud. So all that a pointer finds in the text is there without a pointer too.
 */
import { nextDiagnostic } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { showPanel, type EditorView, type Panel } from "@codemirror/view";
import { h, show } from "../../core/dom";
import { dataSize } from "../../core/format";
import type { EstimateBody } from "../api/types";
import type { Words } from "../words";
import { faultsHere, mending, said, told, type Said } from "./said";

export function summary(words: Words): Extension {
  return showPanel.compute([said], (state) =>
    state.field(said) === null ? null : (view) => panel(view, words),
  );
}

function panel(view: EditorView, words: Words): Panel {
  const dom = h("div", { class: "ftkernel ft-editing-summary" });
  let drawn: Said | null | undefined;
  let here = "";
  const draw = (view: EditorView) => {
    const now = view.state.field(said, false);
    const told = faultsHere(view)
      .map(({ diagnostic }) => diagnostic.message)
      .join("\n");
    if (now === drawn && told === here) return;
    drawn = now;
    here = told;
    const shown = now ? parts(view, now, words) : [];
    dom.replaceChildren(...shown);
    show(dom, shown.length > 0);
  };
  draw(view);
  return {
    dom,
    update({ view, transactions }) {
      if (transactions.length > 0) draw(view);
    },
  };
}

function parts(view: EditorView, { validated, whole }: Said, words: Words): HTMLElement[] {
  const { say } = words;
  const { problems, estimate, notes } = validated;
  const out: HTMLElement[] = [];
  if (problems.length > whole.length) out.push(jump(view, problems.length - whole.length, words));
  out.push(...faultsHere(view).map(({ diagnostic }) => fault(diagnostic.message)));
  const found = mending(view);
  if (found) out.push(button("ft-editing-fix", found.name, () => mending(view)?.mend()));
  out.push(...whole.map((problem) => fault(told(problem))));
  if (estimate) out.push(memory(estimate, words));
  if (notes.length > 0) {
    const head = h("summary", {}, say("lab_editing.notes", { notes: notes.length }));
    out.push(h("details", {}, head, ...notes.map((note) => h("p", {}, note))));
  }
  return out;
}

function button(kind: string, label: string, press: () => void): HTMLElement {
  const made = h("button", { type: "button", class: kind }, label);
  made.addEventListener("click", press);
  return made;
}

function fault(text: string): HTMLElement {
  return h("span", { class: "ft-editing-fault" }, text);
}

/** Goes to the next fault. */
function jump(view: EditorView, problems: number, { say }: Words): HTMLElement {
  return button("ft-editing-problems", say("lab_editing.problems", { problems }), () => {
    view.focus();
    nextDiagnostic(view);
  });
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
