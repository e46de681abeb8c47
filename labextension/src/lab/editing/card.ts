/* What is known about a key, as it is shown at the pointer. */
import { h, type Child } from "../../core/dom";
import { said, type Both, type Language } from "../../core/language";
import type { KeyHelp } from "../api/types";
import type { Words } from "../words";

const pair = (texts: readonly string[]): Both => [texts[0] ?? "", texts[1] ?? ""];

/** A value as it is written in a recipe. */
export function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What holds where nothing is written; empty where that is nothing. */
export function defaultOf({ default: value, auto }: KeyHelp, language: Language): string {
  const isNone = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return isNone ? said(pair(auto), language) : written(value);
}

/** A text in which code stands between backticks. */
export function prose(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** The card of a key. */
export function keyCard(key: KeyHelp, { say, language }: Words): HTMLElement {
  const rows: [string, string][] = [
    ["views.keys.default", defaultOf(key, language)],
    ["lab_editing.choices", key.choices.map(written).join(", ")],
    ["views.keys.aliases", key.aliases.join(", ")],
  ];
  return h(
    "div",
    { class: "ft-editing-card" },
    h(
      "div",
      { class: "ft-editing-card-head" },
      h("code", {}, key.name),
      h("span", { class: "ft-editing-kind" }, say(`views.keys.kind.${key.kind}`)),
    ),
    h("p", {}, ...prose(said(pair(key.help), language))),
    h(
      "dl",
      {},
      ...rows
        .filter(([, value]) => value !== "")
        .flatMap(([code, value]) => [h("dt", {}, say(code)), h("dd", {}, value)]),
    ),
  );
}
