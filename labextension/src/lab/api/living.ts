/** Whether a run may still say something. */
export function isLive(state: string): boolean {
  return state === "created" || state === "starting" || state === "running";
}
