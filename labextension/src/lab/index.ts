/* The extension: small plugins, each of which can be switched off by itself. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { commands } from "./commands";
import { editing } from "./editing";
import { plugin as outputs } from "./outputs";
import { plugin as panel } from "./panel";
import { page } from "./page";
import { runs } from "./runs";
import { notifications, status } from "./status";

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  runs,
  page,
  panel,
  status,
  notifications,
  outputs,
  commands,
  ...editing,
];

export default plugins;
