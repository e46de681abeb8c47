/* The extension: small plugins, each of which can be switched off by itself. */
import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { runs } from "./runs";

const plugins: JupyterFrontEndPlugin<unknown>[] = [runs];

export default plugins;
