/* Asks for a run, or for several, where a command was given none. */
import { Dialog, showDialog } from "@jupyterlab/apputils";
import { Widget } from "@lumino/widgets";
import { h } from "../../core/dom";
import { chosen, EVERYTHING, nameOf } from "../panel/choice";
import { stateWords, whenWords } from "../panel/run_words";
import type { Runs } from "../runs";
import { runMarks } from "./marks";

/** Runs that are offered at once; the field finds the others. */
const SHOWN = 200;

/** @returns the id, `null` where nothing was chosen */
export async function chooseRun({ list, words }: Runs): Promise<string | null> {
  const { say, language } = words;
  const find = h("input", {
    class: "ft-field",
    type: "search",
    placeholder: say("lab_page.find_run"),
    "aria-label": say("lab_page.find_run"),
  });
  const select = h("select", { class: "ft-field", size: 10, "aria-label": say("lab_page.runs") });
  const draw = () => {
    const before = select.value;
    const found = chosen(list.runs, { ...EVERYTHING, text: find.value }, say).slice(0, SHOWN);
    select.replaceChildren(
      ...found.map((run) => {
        const text = [nameOf(run), stateWords(run, say), whenWords(run, language)].join(" · ");
        return h("option", { value: run.id }, text);
      }),
    );
    select.value = found.some((run) => run.id === before) ? before : (found[0]?.id ?? "");
  };
  find.addEventListener("input", draw);
  const unwanted = list.want();
  list.changed.connect(draw);
  draw();
  const node = h(
    "div",
    { class: "ftkernel ft-page-dialog" },
    h("div", { class: "ft-root" }, find, select),
  );
  try {
    const { button } = await showDialog({
      title: say("lab_page.open_run"),
      body: new Widget({ node }),
      focusNodeSelector: "input",
      buttons: [
        Dialog.cancelButton({ label: say("lab_common.cancel") }),
        Dialog.okButton({ label: say("lab_page.open") }),
      ],
    });
    return button.accept && select.value ? select.value : null;
  } finally {
    list.changed.disconnect(draw);
    unwanted();
  }
}

/**
 * @param first ids that are marked from the beginning; @param most that are of use
 * @returns the ids, `null` where none was chosen
 */
export async function chooseRuns(
  runs: Runs,
  first: readonly string[],
  most: number,
): Promise<string[] | null> {
  const { say } = runs.words;
  const marks = runMarks(runs, first, most);
  const node = h("div", { class: "ftkernel ft-page-dialog" }, marks.element);
  try {
    const { button } = await showDialog({
      title: say("lab_page.compare_runs"),
      body: new Widget({ node }),
      focusNodeSelector: "input",
      buttons: [
        Dialog.cancelButton({ label: say("lab_common.cancel") }),
        Dialog.okButton({ label: say("lab_page.compare") }),
      ],
    });
    return button.accept && marks.ids.length > 0 ? [...marks.ids] : null;
  } finally {
    marks.dispose();
  }
}
