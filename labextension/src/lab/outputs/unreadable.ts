/* What is shown of an output whose JSON is not what we write. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { h } from "../../core/dom";
import type { Words } from "../words";
import { plainText } from "./saved";

/** That it cannot be read, and what the output has as text. */
export function unreadable(model: IRenderMime.IMimeModel, words: Words): HTMLElement {
  return card(
    h("p", { class: "ft-note" }, words.say("lab_outputs.unreadable")),
    h("pre", { class: "ft-code ft-output-plain" }, plainText(model.data["text/plain"])),
  );
}

/** A frame as all our views have it. */
export function card(...children: HTMLElement[]): HTMLElement {
  return h(
    "div",
    { class: "ftkernel ft-root ft-output-text", "data-lm-suppress-shortcuts": "true" },
    h("div", { class: "ft-inner" }, ...children),
  );
}
