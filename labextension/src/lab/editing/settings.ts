/* Which parts of the help are switched on. */
import type { ISettingRegistry } from "@jupyterlab/settingregistry";

export type Part = "recipeHighlighting" | "recipeCompletion" | "recipeHover" | "recipeChecks";

/** Everything is on where there are no settings. */
export function isOn(settings: ISettingRegistry.ISettings | null, part: Part): boolean {
  return settings?.composite[part] !== false;
}
