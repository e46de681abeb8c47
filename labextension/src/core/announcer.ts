/** Milliseconds between two things that are read out. */
const PAUSE = 5_000;

/**
 * A region that is read out, at most every five seconds: the latest news at the end of the pause, and what is
 * urgent before what is not.
 */
export class Announcer {
  readonly #element: HTMLElement;
  #spoken = "";
  #waiting = "";
  #urgent = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: HTMLElement) {
    element.setAttribute("role", "status");
    element.setAttribute("aria-live", "polite");
    this.#element = element;
  }

  say(text: string, urgent = false): void {
    if (text === "" || text === this.#spoken || (this.#urgent && !urgent)) return;
    this.#waiting = text;
    this.#urgent ||= urgent;
    if (this.#timer === undefined) this.#speak();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #speak(): void {
    this.#timer = undefined;
    if (this.#waiting === "") return;
    this.#spoken = this.#waiting;
    this.#waiting = "";
    this.#urgent = false;
    this.#element.textContent = this.#spoken;
    this.#timer = setTimeout(() => this.#speak(), PAUSE);
  }
}
