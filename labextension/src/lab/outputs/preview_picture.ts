/* A preview as it was saved: its totals and its first rows, by the view of the panel. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { h } from "../../core/dom";
import texts from "../../preview/texts.json";
import { PreviewView } from "../../preview/view";
import { PREVIEW_OUTPUT } from "../ids";
import type { Words } from "../words";
import { readSavedPreview } from "./saved";
import { sessionOf } from "./saved_rows";
import { StandInOutput, type Picture } from "./stand_in";
import { unreadable } from "./unreadable";

/** The output of a preview. */
export function previewOutput(words: Words): StandInOutput {
  return new StandInOutput((model) => previewPicture(model, words));
}

export function previewPicture(model: IRenderMime.IMimeModel, words: Words): Picture {
  const saved = readSavedPreview(model.data[PREVIEW_OUTPUT]);
  if (!saved) {
    return { element: unreadable(model, words), draw: () => undefined, dispose: () => undefined };
  }
  const session = sessionOf(saved);
  const view = new PreviewView(session, texts, words.language, true);
  const said = words.say("lab_outputs.preview", { rows: saved.rows.length });
  const foot = h("div", { class: "ft-output-foot" }, h("p", { class: "ft-note ft-muted" }, said));
  view.element.querySelector(".ft-inner")?.append(foot);
  return {
    element: view.element,
    draw: () => {
      session.start();
      view.draw();
    },
    dispose: () => {
      view.dispose();
      session.dispose();
    },
  };
}
