/*
 * What a run's output is saved as once the run has ended, where the front end listens to its cell no more.
 *
 * A page that was loaded anew hears of no replaced display, so that its notebook would keep the first picture for
 * good. The kernel sends the last one through the widget as well. What is touched here is the front end's, and looked
 * at before it is used; whether HTML is trusted stays with the outputs of the cell.
 */
import { isObject } from "../core/wire";
import type { Manager } from "./missing";

const WIDGET = "application/vnd.jupyter.widget-view+json";
const TEXTS = ["text/plain", "text/html"];
const RUN = "application/vnd.ftkernel.run.v1+json";
/** Characters of one representation. */
const MOST = 200_000;

/** Put the last picture in the place of each output that still shows the widget. */
export function keepFinal(manager: Manager | undefined, id: string, told: unknown): void {
  const data = sound(told);
  if (!data) return;
  for (const { outputs } of manager?.context?.model?.cells ?? []) {
    for (let index = 0; index < (outputs?.length ?? 0); index++) {
      const output = outputs?.get(index);
      const about = output?.data?.[WIDGET];
      const saved = output?.toJSON();
      if (!isObject(about) || about.model_id !== id || !isObject(saved)) continue;
      outputs?.set(index, { ...saved, data });
    }
  }
}

function sound(told: unknown): Record<string, unknown> | null {
  if (!isObject(told) || !isObject(told[RUN])) return null;
  const data: Record<string, unknown> = { [RUN]: told[RUN] };
  for (const type of TEXTS) if (typeof told[type] === "string") data[type] = told[type];
  return JSON.stringify(data).length <= MOST ? data : null;
}
