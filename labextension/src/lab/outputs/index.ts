/* Outputs of notebooks: runs, previews and chats, in trusted notebooks and in others. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { CHAT_OUTPUT, PluginIds, PREVIEW_OUTPUT, RUN_OUTPUT } from "../ids";
import { IRuns, type Runs } from "../runs";
import { LateOutput } from "./late";

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
    const draw = (type: string, load: ConstructorParameters<typeof LateOutput>[0]) => {
      const createRenderer = () => new LateOutput(load);
      registry.addFactory({ safe: true, mimeTypes: [type], createRenderer }, RANK);
    };
    draw(RUN_OUTPUT, async () => new (await import("./run_output")).RunOutput(runs, commands));
    draw(PREVIEW_OUTPUT, async () => {
      const { previewOutput } = await import("./preview_picture");
      return previewOutput(runs.words);
    });
    draw(CHAT_OUTPUT, async () => {
      const { chatOutput } = await import("./chat_picture");
      return chatOutput(runs, commands);
    });
  },
};
