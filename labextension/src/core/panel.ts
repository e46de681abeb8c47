import { h, setAttribute, setText, show } from "./dom";
import { count, dataSize, duration } from "./format";
import { ACCENTS, ICONS } from "./states";
import { said, type Both, type Language } from "./language";
import type { Say } from "./texts";
import type { Sample, Tile, View } from "./wire";

const MOST_LINES = 12;
/** Characters of an answer that surely fit. */
const LONG = 120;

/** How far a run is, in words: `step 40 of 200 · epoch 1.25`; empty before the first step. */
export function stepsWords(view: View, say: Say): string {
  const parts: string[] = [];
  if (view.total_steps) {
    parts.push(say("views.step_of", { step: count(view.step), total: count(view.total_steps) }));
  } else if (view.step > 0) {
    parts.push(say("views.step", { step: count(view.step) }));
  }
  if (view.epoch !== null) parts.push(say("views.epoch", { epoch: view.epoch.toFixed(2) }));
  return parts.join(" · ");
}

/** Name, state and model. */
export class Heading {
  readonly #name = h("strong", { class: "ft-name" });
  readonly #icon = h("span", { class: "ft-sign", "aria-hidden": "true" });
  readonly #state = h("span");
  readonly #badge = h("span", { class: "ft-badge" }, this.#icon, " ", this.#state);
  readonly #title = h("span", { class: "ft-small ft-muted" });
  readonly element = h("div", { class: "ft-heading" }, this.#name, this.#badge, this.#title);

  update(view: View, say: Say, language: Language): void {
    const known = view.state in ICONS;
    setText(this.#name, view.name);
    setText(this.#icon, ICONS[view.state] ?? "?");
    setText(this.#state, known ? say(`views.state.${view.state}`) : view.state);
    setText(this.#title, said(view.title, language));
    show(this.#badge, view.state !== "");
    this.#badge.style.setProperty("--ft-accent", `var(--ft-${ACCENTS[view.state] ?? "grey"})`);
  }
}

/** The bar and the words below it: of the phase before the training, then of the steps. */
export class Progress {
  readonly #fill = h("div");
  readonly #bar: HTMLElement;
  readonly #left = h("span");
  readonly #right = h("span");
  readonly element: HTMLElement;

  constructor(say: Say) {
    this.#bar = h(
      "div",
      {
        class: "ft-bar",
        role: "progressbar",
        "aria-label": say("views.progress"),
        "aria-valuemin": 0,
        "aria-valuemax": 100,
      },
      this.#fill,
    );
    const words = h("div", { class: "ft-between ft-small ft-muted" }, this.#left, this.#right);
    this.element = h("div", {}, this.#bar, words);
  }

  /** @param trained whether there is a first loss */
  update(view: View, trained: boolean, say: Say, language: Language): void {
    const preparing = view.live && !trained;
    const part = preparing
      ? (view.phase?.part ?? null)
      : view.total_steps
        ? Math.min(1, view.step / view.total_steps)
        : 0;
    this.#bar.classList.toggle("ft-bar-unknown", part === null);
    setAttribute(this.#bar, "aria-valuenow", part === null ? null : String(Math.round(100 * part)));
    this.#fill.style.transform = part === null ? "" : `scaleX(${part.toFixed(4)})`;
    this.#bar.style.setProperty("--ft-accent", `var(--ft-${ACCENTS[view.state] ?? "blue"})`);
    const activity = said((preparing ? view.phase?.text : null) ?? view.activity, language);
    const shown = [activity, preparing ? "" : stepsWords(view, say)];
    setText(this.#left, shown.filter(Boolean).join(" · "));
    setText(this.#right, timeWords(view, say, language));
  }
}

function timeWords(view: View, say: Say, language: Language): string {
  if (!view.live) return "";
  const left = said(view.left, language);
  if (left) return left;
  return view.seconds === null || view.tiles.length ? "" : duration(view.seconds, say);
}

/** Key figures side by side: name, value, and a remark below it. */
export class Tiles {
  readonly element = h("div", { class: "ft-tiles" });

  update(view: View, say: Say, language: Language): void {
    const { element } = this;
    const tiles = [...view.tiles.map((tile) => textsOf(tile, language)), ...gpuTexts(view, say)];
    show(element, tiles.length > 0);
    while (element.children.length > tiles.length) element.lastElementChild?.remove();
    while (element.children.length < tiles.length) {
      element.append(
        h(
          "div",
          { class: "ft-tile" },
          h("span", { class: "ft-tiny ft-muted" }),
          h("strong", { class: "ft-tile-value" }),
          h("span", { class: "ft-tiny ft-muted" }),
        ),
      );
    }
    tiles.forEach((texts, index) => {
      const shown = element.children[index]?.children;
      for (const [at, text] of texts.entries()) {
        const line = shown?.[at];
        if (line) setText(line, text);
      }
    });
  }
}

function textsOf({ name, value, remark }: Tile, language: Language): string[] {
  return [name, value, remark].map((both) => said(both, language));
}

/** A tile for the GPU, where there is one: its name, and its memory. */
function gpuTexts({ gpu }: View, say: Say): string[][] {
  if (!gpu) return [];
  const { device, memory_bytes: used, memory_available: free } = gpu;
  const remark = free === null ? "" : say("live.gpu.of", { size: dataSize(free) });
  return [[say("live.gpu.memory", { name: device }), dataSize(used ?? NaN), remark]];
}

/** A heading with a list below it, drawn anew only where a line has changed. */
export class Section {
  readonly element: HTMLDetailsElement;
  readonly #list = h("ul");
  #lines = "";

  /** @param accent of the rule at the left; none when empty */
  constructor(title: string, accent: string, folded = false) {
    const attributes = { class: "ft-section", open: !folded, "data-ruled": accent !== "" };
    this.element = h("details", attributes, h("summary", {}, title), this.#list);
    if (accent) this.element.style.setProperty("--ft-accent", `var(--ft-${accent})`);
    this.element.hidden = true;
  }

  update(lines: readonly string[], say: Say): void {
    const all = lines.join("\n");
    if (all === this.#lines) return;
    this.#lines = all;
    const shown = lines.slice(0, MOST_LINES);
    if (lines.length > MOST_LINES)
      shown.push(say("views.more", { count: lines.length - MOST_LINES }));
    this.#list.replaceChildren(...shown.map((line) => h("li", {}, line)));
    show(this.element, lines.length > 0);
  }
}

/** Why the run failed; lines keep their spaces. */
export class Fault {
  readonly element = h("div", { class: "ft-error", role: "alert", hidden: true });
  #lines = "";

  update(error: View["error"], language: Language): void {
    const lines = error ? error[language === "zh" ? 1 : 0] : [];
    const all = lines.join("\n");
    if (all === this.#lines) return;
    this.#lines = all;
    this.element.replaceChildren(...lines.map((line) => h("div", {}, line)));
    show(this.element, lines.length > 0);
  }
}

/** What the model answered at some steps, oldest first, to be leafed through. */
export class Filmstrip {
  readonly #list = h("ol");
  readonly element: HTMLElement;
  #shown: readonly Sample[] = [];

  constructor(say: Say) {
    const title = say("live.samples");
    this.#list.tabIndex = 0;
    this.#list.setAttribute("aria-label", title);
    this.element = h(
      "div",
      { class: "ft-strip", hidden: true },
      h("p", { class: "ft-strip-heading" }, title),
      this.#list,
    );
  }

  update(samples: readonly Sample[], say: Say): void {
    if (samples === this.#shown) return;
    const same = JSON.stringify(samples) === JSON.stringify(this.#shown);
    this.#shown = samples;
    if (same) return;
    const list = this.#list;
    const atEnd = list.scrollLeft + list.clientWidth >= list.scrollWidth - 8;
    list.replaceChildren(...samples.map((sample) => card(sample, say)));
    show(this.element, samples.length > 0);
    if (atEnd) list.scrollLeft = list.scrollWidth;
  }
}

function card(sample: Sample, say: Say): HTMLElement {
  const kind = say(sample.scheduled ? "live.sample.scheduled" : "live.sample.asked");
  const head = [say("views.step", { step: count(sample.step) }), kind].join(" · ");
  return h(
    "li",
    { class: "ft-sample" },
    h("span", { class: "ft-tiny ft-muted" }, head),
    h("strong", {}, sample.prompt),
    // What may have to be scrolled can be reached by keyboard.
    h(
      "span",
      { class: "ft-sample-answer", tabindex: sample.answer.length > LONG ? 0 : null },
      sample.answer || say("live.sample.empty"),
    ),
  );
}

/** The checkpoints, latest first, a line each. */
export function checkpointLines(view: View, say: Say, language: Language): string[] {
  return [...view.checkpoints].reverse().map((one) => {
    const step = count(one.step);
    const line = say("views.checkpoint", { step, reason: said(one.reason, language) });
    return one.best ? say("live.checkpoint.best", { line }) : line;
  });
}

export function all(boths: readonly Both[], language: Language): string[] {
  return boths.map((one) => said(one, language));
}
