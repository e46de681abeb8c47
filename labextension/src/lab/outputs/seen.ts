/* An output that draws nothing before somebody sees it. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Message } from "@lumino/messaging";
import { Panel } from "@lumino/widgets";
import { h } from "../../core/dom";
import { plainText } from "./saved";

/** Milliseconds between two looks at what no signal tells. */
const LOOKS = 1_000;
/** How far out of sight an output counts as seen. */
const NEAR = "300px";

/**
 * An output of ours: `take` is called with each bundle once the output has been seen, `see` as it comes into sight
 * and leaves it, and `look` once a second in between.
 */
export abstract class SeenOutput extends Panel implements IRenderMime.IRenderer {
  /** What is to be shown. */
  protected model: IRenderMime.IMimeModel | null = null;
  protected isSeen = false;
  #observer: IntersectionObserver | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Whether the bundle is drawn. */
  #isTaken = false;

  constructor() {
    super();
    this.addClass("ft-output");
  }

  override dispose(): void {
    this.#unwatch();
    super.dispose();
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.model = model;
    this.#isTaken = false;
    if (this.isSeen) this.#take();
    else if (!this.node.hasChildNodes()) {
      const words = plainText(model.data["text/plain"], 2_000);
      this.node.append(h("pre", { class: "ft-output-unseen" }, words));
    }
    return Promise.resolve();
  }

  /** Draw what a bundle says; it may be the next one of the same run. */
  protected abstract take(model: IRenderMime.IMimeModel): void;
  protected abstract see(isSeen: boolean): void;
  protected abstract look(): void;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#observer = new IntersectionObserver(
      (entries) => this.#turn(entries[entries.length - 1]?.isIntersecting ?? false),
      { rootMargin: NEAR },
    );
    this.#observer.observe(this.node);
  }

  protected override onBeforeDetach(message: Message): void {
    this.#unwatch();
    super.onBeforeDetach(message);
  }

  #unwatch(): void {
    this.#observer?.disconnect();
    this.#observer = null;
    this.#turn(false);
  }

  #turn(isSeen: boolean): void {
    if (isSeen === this.isSeen) return;
    this.isSeen = isSeen;
    clearInterval(this.#timer);
    if (isSeen) {
      this.#timer = setInterval(() => this.look(), LOOKS);
      if (!this.#isTaken) this.#take();
    }
    this.see(isSeen);
  }

  #take(): void {
    if (!this.model) return;
    this.#isTaken = true;
    for (const one of this.node.querySelectorAll(".ft-output-unseen")) one.remove();
    this.take(this.model);
  }
}
