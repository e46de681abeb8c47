/* The recipe: as it was written, and what every key was settled to. */
import { copyButton } from "../../chat/buttons";
import { h, show } from "../../core/dom";
import type { Say } from "../../core/texts";
import type { KeysBody, RunDetails } from "../api/types";
import { Loaded } from "./loaded";
import { givenText, recipeRows } from "./recipe_rows";
import type { Tab } from "./tabs";

interface Line {
  readonly row: HTMLElement;
  readonly text: string;
  readonly given: boolean;
}

/** What is told of keys, their groups and what they mean; a page does without where it cannot be had. */
export type AskKeys = () => Promise<KeysBody | null>;

export function recipeTab(
  say: Say,
  isChinese: boolean,
  ask: (signal: AbortSignal) => Promise<RunDetails>,
  askKeys: AskKeys,
): Tab {
  const text = h("pre", {
    class: "ft-page-text",
    tabindex: 0,
    "aria-label": say("lab_page.written"),
  });
  const copy = copyButton(copyWords(say), () => text.textContent);
  const whole = h("pre", { class: "ft-page-text", tabindex: 0, "aria-label": "recipe.yaml" });
  const copyWhole = copyButton(copyWords(say), () => whole.textContent);
  const find = h("input", {
    class: "ft-field ft-field-quiet",
    type: "search",
    placeholder: say("lab_page.filter_keys"),
    "aria-label": say("lab_page.filter_keys"),
  });
  const only = h("input", { type: "checkbox" });
  const body = h("tbody");
  const empty = h("p", { class: "ft-muted ft-small", role: "status", hidden: true });
  let lines: Line[] = [];
  const choose = () => {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const line of lines) {
      const is = (!only.checked || line.given) && line.text.includes(wanted);
      show(line.row, is);
      if (is) shown++;
    }
    empty.textContent = shown ? "" : say("lab_page.no_key");
    show(empty, shown === 0);
  };
  find.addEventListener("input", choose);
  only.addEventListener("change", choose);
  const content = h(
    "div",
    { class: "ft-page-two" },
    h(
      "section",
      {},
      h("div", { class: "ft-page-bar" }, h("h3", {}, say("lab_page.written")), copy),
      text,
      h(
        "details",
        { class: "ft-section" },
        h("summary", {}, say("lab_page.whole_file")),
        h(
          "div",
          { class: "ft-page-bar" },
          h("code", { class: "ft-code" }, "recipe.yaml"),
          copyWhole,
        ),
        whole,
      ),
    ),
    h(
      "section",
      {},
      h(
        "div",
        { class: "ft-page-bar" },
        h("h3", {}, say("lab_page.settled")),
        h(
          "span",
          { class: "ft-row" },
          h("label", { class: "ft-page-check ft-small" }, only, say("lab_page.only_given")),
          find,
        ),
      ),
      empty,
      h(
        "div",
        {
          class: "ft-page-scroll",
          tabindex: 0,
          role: "group",
          "aria-label": say("lab_page.settled"),
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
              h("th", { scope: "col" }, say("lab_page.key")),
              h("th", { scope: "col" }, say("lab_page.value")),
              h("th", { scope: "col" }, h("span", { class: "ft-spoken" }, say("lab_page.origin"))),
            ),
          ),
          body,
        ),
      ),
    ),
  );
  const draw = ([details, keys]: readonly [RunDetails, KeysBody | null]) => {
    text.textContent = givenText(details.given) || say("lab_page.no_recipe");
    whole.textContent = details.recipe || say("lab_page.no_recipe");
    const about = new Map(keys?.keys.map((one) => [one.name, one]));
    lines = recipeRows(details).map(({ key, value, given }) => {
      const help = about.get(key)?.help[isChinese ? 1 : 0] ?? "";
      const row = h(
        "tr",
        { "data-given": given },
        h("th", { scope: "row", title: help || null }, key),
        h("td", { class: "ft-page-value" }, value || h("span", { class: "ft-muted" }, "–")),
        h("td", {}, given && h("span", { class: "ft-page-mark" }, say("lab_page.given"))),
      );
      return { row, text: `${key} ${value}`.toLowerCase(), given };
    });
    // What was written comes first: it is what somebody looks for.
    lines.sort((one, other) => Number(other.given) - Number(one.given));
    body.replaceChildren(...lines.map((line) => line.row));
    choose();
  };
  const loaded = new Loaded(
    say,
    content,
    (signal) => Promise.all([ask(signal), askKeys()] as const),
    draw,
  );
  return {
    element: loaded.element,
    look: (isSeen) => {
      if (isSeen && !loaded.has) void loaded.load();
    },
    dispose: () => loaded.stop(),
  };
}

export function copyWords(say: Say) {
  return {
    copy: say("lab_page.copy"),
    copied: say("lab_page.copied"),
    failed: say("lab_page.copy_failed"),
  };
}
