import { h, setText } from "../core/dom";

/** A quiet button with a word on it; `name` is what is read out where the word alone says too little. */
export function button(word: string, press: () => void, name = ""): HTMLButtonElement {
  const element = h(
    "button",
    {
      class: "ft-button ft-button-quiet",
      type: "button",
      "aria-label": name || null,
      title: name || null,
    },
    word,
  );
  element.addEventListener("click", press);
  return element;
}

/** Milliseconds that a button says what became of it. */
const SAID = 1_500;

export interface CopyWords {
  readonly copy: string;
  readonly copied: string;
  readonly failed: string;
}

/** A button that copies a text and says so for a moment. */
export function copyButton(words: CopyWords, text: () => string, name = ""): HTMLButtonElement {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const element = button(
    words.copy,
    () => {
      void copy(text()).then((done) => {
        setText(element, done ? words.copied : words.failed);
        clearTimeout(timer);
        timer = setTimeout(() => setText(element, words.copy), SAID);
      });
    },
    name,
  );
  return element;
}

/** Put a text on the clipboard; pages that are not served safely know only the old way. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement;
  const area = h("textarea", { class: "ft-spoken", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- what there is without HTTPS
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}

export interface Steps {
  readonly earlier: string;
  readonly later: string;
  readonly at: (at: number, count: number) => string;
}

/** Goes through versions: ‹ 2 of 3 ›; hidden where there is only one. */
export class Stepper {
  readonly element: HTMLElement;
  readonly #earlier: HTMLButtonElement;
  readonly #later: HTMLButtonElement;
  readonly #at = h("span", { class: "ft-tiny" });
  readonly #words: Steps;
  #ids: readonly string[] = [];
  #index = 0;

  constructor(words: Steps, choose: (id: string) => void) {
    this.#words = words;
    const step = (by: number) => () => {
      const id = this.#ids[this.#index + by];
      if (id !== undefined) choose(id);
    };
    this.#earlier = button("‹", step(-1), words.earlier);
    this.#later = button("›", step(1), words.later);
    this.element = h("span", { class: "ft-chat-steps" }, this.#earlier, this.#at, this.#later);
  }

  update(ids: readonly string[], id: string | null, enabled: boolean): void {
    this.#ids = ids;
    this.#index = Math.max(0, ids.indexOf(id ?? ""));
    this.element.hidden = ids.length < 2;
    setText(this.#at, this.#words.at(this.#index + 1, ids.length));
    this.#earlier.disabled = !enabled || this.#index === 0;
    this.#later.disabled = !enabled || this.#index === ids.length - 1;
  }
}
