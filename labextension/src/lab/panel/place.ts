/* The panel's place in the side bar: what fills it is loaded when somebody looks. */
import type { Message } from "@lumino/messaging";
import { Panel } from "@lumino/widgets";
import type { PanelOptions } from "./panel";

export class PanelPlace extends Panel {
  readonly #options: PanelOptions;
  #isFilled = false;
  /** Whether the focus is to go into the panel once it is there. */
  #isActive = false;

  constructor(options: PanelOptions) {
    super();
    this.#options = options;
    this.addClass("ft-runs-place");
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#look();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#look();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const [panel] = this.widgets;
    if (panel) panel.activate();
    else this.#isActive = true;
  }

  #look(): void {
    if (!this.isVisible || this.#isFilled) return;
    this.#isFilled = true;
    void this.#fill();
  }

  async #fill(): Promise<void> {
    const { createRunsPanel } = await import("./panel");
    if (this.isDisposed) return;
    const panel = createRunsPanel(this.#options);
    this.addWidget(panel);
    if (this.#isActive) panel.activate();
  }
}
