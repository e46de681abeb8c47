import { h, show } from "../core/dom";

/** Pixels between a token and what is told of it. */
const GAP = 4;

/** What is known of a token, beside it; it is read out to those who go by keys. */
export class Hover {
  readonly element = h("div", { class: "ft-hover ft-tok-facts", role: "status", hidden: true });

  /** Show facts below a token, or above it where there is no room; `null` hides them. */
  tell(token: HTMLElement | null, facts: readonly (readonly [string, string])[]): void {
    const { element } = this;
    if (!token) {
      show(element, false);
      return;
    }
    element.replaceChildren(
      h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    );
    show(element, true);
    const root = element.parentElement?.getBoundingClientRect();
    // A token that is broken over lines is told of where it ends.
    const at = [...token.getClientRects()].at(-1);
    if (!root || !at) return;
    const { offsetWidth, offsetHeight } = element;
    const below = at.bottom - root.top + GAP;
    const fits = at.bottom + GAP + offsetHeight < window.innerHeight;
    element.style.top = `${fits ? below : at.top - root.top - GAP - offsetHeight}px`;
    element.style.left = `${Math.max(0, Math.min(at.left - root.left, root.width - offsetWidth - 2))}px`;
  }
}
