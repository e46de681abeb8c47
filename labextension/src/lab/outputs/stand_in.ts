/* Outputs that the kernel's widget draws where it is there, and else a picture of what was saved. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { KernelWidget, widgetOf } from "./kernel_widget";
import { SeenOutput } from "./seen";

/** Milliseconds until a widget that may be there has been asked for. */
const PATIENCE = 600;

/** What is drawn of the saved output, and how it is taken away. */
export interface Picture {
  readonly element: HTMLElement;
  /** Called once it is in the page. */
  draw(): void;
  dispose(): void;
}

export class StandInOutput extends SeenOutput {
  readonly #picture: (model: IRenderMime.IMimeModel) => Picture;
  readonly #widget = new KernelWidget(this, () => this.#settle());
  #drawn: Picture | null = null;
  #since = 0;

  /** @param picture makes the picture of a bundle */
  constructor(picture: (model: IRenderMime.IMimeModel) => Picture) {
    super();
    this.#picture = picture;
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#widget.dispose();
    this.#undraw();
    super.dispose();
  }

  protected take(): void {
    this.#widget.hide();
    this.#undraw();
    this.#since = Date.now();
    setTimeout(() => this.#settle(), PATIENCE);
    this.#settle();
  }

  protected see(): void {
    this.#settle();
  }

  protected look(): void {
    this.#settle();
  }

  #settle(): void {
    const { model } = this;
    if (!model || !this.isSeen || this.isDisposed) return;
    this.#widget.show(model);
    if (this.#widget.isShown) this.#undraw();
    else if (this.#widget.isComing || this.#drawn) return;
    else if (!widgetOf(model) || Date.now() - this.#since >= PATIENCE) this.#draw(model);
  }

  #draw(model: IRenderMime.IMimeModel): void {
    this.#drawn = this.#picture(model);
    this.node.prepend(this.#drawn.element);
    this.#drawn.draw();
  }

  #undraw(): void {
    const drawn = this.#drawn;
    this.#drawn = null;
    drawn?.dispose();
    drawn?.element.remove();
  }
}
