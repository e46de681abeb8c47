/* Runs that are marked one by one in a list, with a field that finds them. */
import { h, setText } from "../../core/dom";
import { chosen, EVERYTHING, nameOf } from "../panel/choice";
import { stateWords, whenWords } from "../panel/run_words";
import type { Runs } from "../runs";

/** Runs that are offered at once; the field finds the others. */
const SHOWN = 200;

export interface Marks {
  readonly element: HTMLElement;
  /** The ids in the order in which they were marked; also of those that the field leaves out now. */
  readonly ids: readonly string[];
  dispose(): void;
}

/** @param first ids that are marked from the beginning; @param most that are of use */
export function runMarks({ list, words }: Runs, first: readonly string[], most: number): Marks {
  const { say, language } = words;
  const marked = new Set(first);
  const find = h("input", {
    class: "ft-field",
    type: "search",
    placeholder: say("lab_page.find_run"),
    "aria-label": say("lab_page.find_run"),
  });
  const told = h("p", { class: "ft-small ft-muted", role: "status" });
  const rows = h("div", {
    class: "ft-page-marks",
    role: "group",
    "aria-label": say("lab_page.runs"),
  });
  const boxes = new Map<string, HTMLInputElement>();
  const tell = () => {
    setText(told, say("lab_page.compare_which", { most, chosen: marked.size }));
  };
  const boxOf = (id: string) => {
    let box = boxes.get(id);
    if (!box) {
      const made = (box = h("input", { type: "checkbox", value: id }));
      made.addEventListener("change", () => {
        if (made.checked) marked.add(id);
        else marked.delete(id);
        tell();
      });
      boxes.set(id, made);
    }
    box.checked = marked.has(id);
    return box;
  };
  let drawn = "";
  const draw = () => {
    const found = chosen(list.runs, { ...EVERYTHING, text: find.value }, say).slice(0, SHOWN);
    const lines = found.map(
      (run) =>
        [
          run.id,
          [nameOf(run), stateWords(run, say), whenWords(run, language)].join(" · "),
        ] as const,
    );
    // The list is told of often while runs go on: what has the focus stays where it is.
    if (JSON.stringify(lines) === drawn) return;
    drawn = JSON.stringify(lines);
    const focused = document.activeElement;
    rows.replaceChildren(
      ...lines.map(([id, text]) => h("label", { class: "ft-page-mark" }, boxOf(id), text)),
    );
    if (focused instanceof HTMLElement && rows.contains(focused)) focused.focus();
  };
  find.addEventListener("input", draw);
  const unwanted = list.want();
  list.changed.connect(draw);
  draw();
  tell();
  return {
    element: h("div", { class: "ft-root" }, find, told, rows),
    get ids() {
      return [...marked];
    },
    dispose() {
      list.changed.disconnect(draw);
      unwanted();
    },
  };
}
