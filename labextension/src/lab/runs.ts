/* What all plugins share: the server, the list of its runs, the words. */
import { Token } from "@lumino/coreutils";
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { ITranslator } from "@jupyterlab/translation";
import { PluginIds } from "./ids";
import { RunListModel } from "./api/run_list";
import { Server } from "./api/request";
import { speakSettings } from "./settings";
import { wordsOf, type Words } from "./words";

/** The runs of the server, for every plugin, and for other extensions. */
export interface Runs {
  readonly server: Server;
  readonly list: RunListModel;
  readonly words: Words;
  /** The settings of the extension, where there is a registry of settings. */
  readonly settings: ISettingRegistry.ISettings | null;
}

export const IRuns = new Token<Runs>("ftkernel:IRuns", "The runs of ftkernel on this server.");

/** Starts nothing: the list is asked for once somebody wants it. */
export const runs: JupyterFrontEndPlugin<Runs> = {
  id: PluginIds.runs,
  description: "The runs of ftkernel on this server, for the other plugins.",
  autoStart: true,
  provides: IRuns,
  optional: [ITranslator, ISettingRegistry],
  activate: async (app, translator: ITranslator | null, registry: ISettingRegistry | null) => {
    const words = wordsOf(translator);
    const server = new Server(app.serviceManager.serverSettings, words.language);
    if (registry) speakSettings(registry, words.say);
    const settings = await registry?.load(PluginIds.runs).catch((error: unknown) => {
      console.warn("[ftkernel] settings could not be read", error);
      return null;
    });
    const list = new RunListModel(server);
    const follow = () => {
      const chosen = settings?.composite.updateInterval;
      if (typeof chosen === "number") list.calm = chosen;
    };
    settings?.changed.connect(follow);
    follow();
    return { server, list, words, settings: settings ?? null };
  },
};
