/* The files of a run with their sizes, and where they lie. */
import { copyButton } from "../../chat/buttons";
import { h, setText } from "../../core/dom";
import { count, dataSize } from "../../core/format";
import type { Say } from "../../core/texts";
import type { RunDetails } from "../api/types";
import { Loaded } from "./loaded";
import { copyWords } from "./recipe_tab";
import type { Tab } from "./tabs";

export function filesTab(say: Say, ask: (signal: AbortSignal) => Promise<RunDetails>): Tab {
  const folder = h("code", { class: "ft-code" });
  const about = h("span", { class: "ft-small ft-muted" });
  const body = h("tbody");
  const again = h("button", { class: "ft-button ft-button-quiet", type: "button" });
  setText(again, say("lab_page.refresh"));
  const content = h(
    "div",
    {},
    h(
      "div",
      { class: "ft-page-bar" },
      h("span", {}, folder, " ", about),
      h(
        "span",
        { class: "ft-row" },
        again,
        copyButton(copyWords(say), () => folder.textContent),
      ),
    ),
    h(
      "div",
      {
        class: "ft-page-scroll",
        tabindex: 0,
        role: "group",
        "aria-label": say("lab_page.tab.files"),
      },
      h(
        "table",
        { class: "ft-page-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, say("lab_page.file")),
            h("th", { scope: "col", class: "ft-page-number" }, say("lab_page.size")),
          ),
        ),
        body,
      ),
    ),
  );
  const draw = ({ files, bytes, folder: path }: RunDetails) => {
    setText(folder, path);
    const known = files.reduce((sum, one) => sum + one.bytes, 0);
    const all = say("lab_page.files_all", { count: count(files.length), size: dataSize(bytes) });
    const rest = say("lab_page.files_most", { count: count(files.length), size: dataSize(bytes) });
    setText(about, known < bytes ? rest : all);
    body.replaceChildren(
      ...files.map((one) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, one.path),
          h("td", { class: "ft-page-number" }, dataSize(one.bytes)),
        ),
      ),
    );
  };
  const loaded = new Loaded(say, content, ask, draw);
  again.addEventListener("click", () => void loaded.load());
  return {
    element: loaded.element,
    look: (isSeen) => {
      if (isSeen) void loaded.load();
    },
    dispose: () => loaded.stop(),
  };
}
