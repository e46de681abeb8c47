/* A page that is told when it comes into sight and when it leaves it. */
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";

export abstract class SeenPage extends Widget {
  /** `isVisible` says whether it is in sight now. */
  protected abstract see(): void;

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.see();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.see();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.see();
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    this.node.focus({ preventScroll: true });
  }
}
