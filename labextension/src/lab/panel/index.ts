/* The panel of runs at the left, and the commands that act on runs. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { IStateDB } from "@jupyterlab/statedb";
import { runsIcon } from "../icons";
import { CommandIds, PluginIds } from "../ids";
import { IRuns, type Runs } from "../runs";
import { addCommands } from "./commands";
import { PanelPlace } from "./place";
import { showInTree, showTab } from "./tree";

const RANK = 350;

export const plugin: JupyterFrontEndPlugin<void> = {
  id: PluginIds.panel,
  description: "The runs of this server beside the notebook, and what can be done with them.",
  autoStart: true,
  requires: [IRuns],
  optional: [IStateDB, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    runs: Runs,
    state: IStateDB | null,
    restorer: ILayoutRestorer | null,
  ) => {
    const { commands, shell } = app;
    const { say } = runs.words;
    addCommands(commands, runs);
    const panel = new PanelPlace({ commands, runs, state });
    panel.id = "ftkernel-runs";
    panel.title.icon = runsIcon;
    panel.title.caption = say("lab_panel.title");
    panel.node.setAttribute("role", "region");
    panel.node.setAttribute("aria-label", say("lab_panel.title"));
    shell.add(panel, "left", { rank: RANK, type: "Fine-tuning Runs" });
    restorer?.add(panel, panel.id);
    void app.restored.then(() => showInTree(app, panel, say("lab_panel.title")));
    commands.addCommand(CommandIds.showRuns, {
      label: say("lab_panel.do.show"),
      icon: runsIcon,
      describedBy: { args: { type: "object", properties: {} } },
      execute: () => {
        if (!showTab(panel)) shell.activateById(panel.id);
      },
    });
  },
};
