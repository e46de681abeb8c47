/* The extension: small plugins, each of which can be switched off by itself. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { commands } from "./commands";
import { editing } from "./editing";
import { plugin as outputs } from "./outputs";
import { runs } from "./runs";

const plugins: JupyterFrontEndPlugin<unknown>[] = [runs, outputs, commands, ...editing];

export default plugins;
