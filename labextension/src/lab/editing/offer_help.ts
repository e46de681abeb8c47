/*
 * What the offer that is chosen means, above the line that is written: JupyterLab has a panel for
 * that beside its list, which is off unless somebody switches it on.
 */
import { StateEffect, StateField, type Extension } from "@codemirror/state";
import { showTooltip, ViewPlugin, type EditorView, type Tooltip } from "@codemirror/view";
import { h } from "../../core/dom";
import { prose } from "./card";

const LIST = ".jp-Completer:not(.lm-mod-hidden)";
const PANEL = ".jp-Completer-docpanel";
const LIST_IS_OPEN = "jp-mod-completer-active";

const showing = StateEffect.define<Tooltip | null>();

const shown = StateField.define<Tooltip | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(showing)) return effect.value;
    return value;
  },
  provide: (field) => showTooltip.from(field),
});

/** The help goes with the list. */
const goesWithList = ViewPlugin.define((view) => {
  const host = view.dom.closest(".jp-CodeMirrorEditor") ?? view.dom.parentElement ?? view.dom;
  const observer = new MutationObserver(() => {
    if (!host.classList.contains(LIST_IS_OPEN)) show(view, undefined);
  });
  observer.observe(host, { attributeFilter: ["class"] });
  return { destroy: () => observer.disconnect() };
});

export const offerHelp: Extension = [shown, goesWithList];

/** Show the help of an offer, or none, once the list that it is of stands there. */
export function show(view: EditorView, help: string | undefined): void {
  if (view.state.field(shown, false) === undefined) return;
  queueMicrotask(() => {
    const hasPanel = document.querySelector(`${LIST} ${PANEL}`) !== null;
    const text = hasPanel || document.querySelector(LIST) === null ? undefined : help;
    const before = view.state.field(shown, false);
    if (before === undefined || (!text && !before)) return;
    view.dispatch({ effects: showing.of(text ? above(view, text) : null) });
  });
}

function above(view: EditorView, text: string): Tooltip {
  return {
    pos: view.state.selection.main.head,
    above: true,
    create: () => ({ dom: h("div", { class: "ft-editing-card" }, ...prose(text)) }),
  };
}
