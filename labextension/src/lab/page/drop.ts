/* Runs that are dragged onto a page. */
import type { Drag } from "@lumino/dragdrop";
import { RUNS_MIME } from "../ids";

/** The ids in what is dragged: one a line. */
export function idsIn(text: unknown): string[] {
  if (typeof text !== "string") return [];
  return [...new Set(text.split("\n").map((one) => one.trim()))].filter(Boolean);
}

/**
 * Take runs that are dropped on an element, which shows that it would.
 *
 * @param take is given the ids; never none
 */
export function takeRuns(element: HTMLElement, take: (ids: string[]) => void): void {
  const listen = (type: string, then: (event: Drag.Event) => void) => {
    element.addEventListener(type, (event) => {
      const drag = event as unknown as Drag.Event; // as Lumino makes them
      if (!drag.mimeData.hasData(RUNS_MIME)) return;
      drag.preventDefault();
      drag.stopPropagation();
      then(drag);
    });
  };
  const mark = (is: boolean) => element.classList.toggle("ft-page-over", is);
  listen("lm-dragenter", () => mark(true));
  listen("lm-dragover", (drag) => {
    mark(true);
    drag.dropAction = drag.proposedAction;
  });
  listen("lm-dragleave", (drag) => {
    const { relatedTarget } = drag;
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) mark(false);
  });
  listen("lm-drop", (drag) => {
    mark(false);
    drag.dropAction = drag.proposedAction;
    const ids = idsIn(drag.mimeData.getData(RUNS_MIME));
    if (ids.length) take(ids);
  });
}
