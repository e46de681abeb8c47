/* The place in the status bar: there while runs go on, and a way to their panel. */
import { Signal, type ISignal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import { h, setAttribute, setText } from "../../core/dom";
import type { Runs } from "../runs";
import { runningOf, statusLines, statusWords } from "./running";

/** Runs that the tooltip names. */
const MOST = 10;

export class RunningItem extends Widget {
  readonly #runs: Runs;
  readonly #text = h("span");
  readonly #button: HTMLButtonElement;
  readonly #turned = new Signal<this, void>(this);
  #isActive = false;

  /** @param open what a press does */
  constructor(runs: Runs, open: () => void) {
    super();
    this.#runs = runs;
    const sign = h("span", { class: "ft-status-sign", "aria-hidden": "true" }, "▶");
    this.#button = h(
      "button",
      { class: "ft-status-button jp-StatusBar-TextItem", type: "button" },
      sign,
      " ",
      this.#text,
    );
    this.#button.addEventListener("click", open);
    this.addClass("ftkernel");
    this.addClass("ft-status");
    this.addClass("jp-mod-highlighted");
    this.node.append(this.#button);
    runs.list.changed.connect(this.#update, this);
    this.#update();
  }

  override dispose(): void {
    this.#runs.list.changed.disconnect(this.#update, this);
    Signal.clearData(this);
    super.dispose();
  }

  /** Whether there is anything to say. */
  get isActive(): boolean {
    return this.#isActive;
  }

  get turned(): ISignal<this, void> {
    return this.#turned;
  }

  #update(): void {
    const { list, words } = this.#runs;
    // What is not known any more must not look as if it went on.
    const running = list.fault ? [] : runningOf(list.runs);
    setText(this.#text, statusWords(running, words.say));
    const lines = statusLines(running.slice(0, MOST), words.say);
    const rest = running.length - lines.length;
    if (rest > 0) lines.push(words.say("views.more", { count: rest }));
    setAttribute(this.#button, "title", [words.say("lab_panel.status_help"), ...lines].join("\n"));
    const isActive = running.length > 0;
    if (isActive === this.#isActive) return;
    this.#isActive = isActive;
    this.#turned.emit();
  }
}
