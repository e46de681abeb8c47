/* Editors of recipes take the language of notebooks anew, after it was changed. */
import type { INotebookTracker } from "@jupyterlab/notebook";
import { isRecipe } from "./body";

const NONE = "text/plain";

export function readAgain(notebooks: INotebookTracker): void {
  notebooks.forEach(({ content }) => {
    for (const { model, editor } of content.widgets) {
      if (!editor || !isRecipe(model.sharedModel.getSource())) continue;
      const { mimeType } = model;
      model.mimeType = NONE;
      model.mimeType = mimeType;
    }
  });
}
