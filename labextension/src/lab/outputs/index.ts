/* Outputs of notebooks: runs, previews and chats, in trusted notebooks and in others. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { CHAT_OUTPUT, PluginIds, PREVIEW_OUTPUT, RUN_OUTPUT } from "../ids";
import { IRuns, type Runs } from "../runs";
import { chatPicture } from "./chat_picture";
import { previewPicture } from "./preview_picture";
import { RunOutput } from "./run_output";
import { StandInOutput } from "./stand_in";

/** Before the widgets of ipywidgets, which have -10. */
const RANK = -20;

export const plugin: JupyterFrontEndPlugin<void> = {
  id: PluginIds.outputs,
  description: "Draws runs, previews and chats in notebooks, with their kernel or without it.",
  autoStart: true,
  requires: [IRuns, IRenderMimeRegistry],
  activate: (app, runs: Runs, registry: IRenderMimeRegistry) => {
    const { commands } = app;
    // Nothing of a notebook is run, and all of it becomes text: so none needs to be trusted.
    const safe = { safe: true };
    registry.addFactory(
      { ...safe, mimeTypes: [RUN_OUTPUT], createRenderer: () => new RunOutput(runs, commands) },
      RANK,
    );
    registry.addFactory(
      {
        ...safe,
        mimeTypes: [PREVIEW_OUTPUT],
        createRenderer: () => new StandInOutput((model) => previewPicture(model, runs.words)),
      },
      RANK,
    );
    registry.addFactory(
      {
        ...safe,
        mimeTypes: [CHAT_OUTPUT],
        createRenderer: () => new StandInOutput((model) => chatPicture(model, runs, commands)),
      },
      RANK,
    );
  },
};
