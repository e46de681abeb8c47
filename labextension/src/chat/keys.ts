/** Enter alone: not a new line, and not the end of a word that an input method composes. */
export function isPlainEnter(event: KeyboardEvent): boolean {
  const held = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
  // Safari ends the composition before the key comes, and says so only by this number.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  return event.key === "Enter" && !held && !event.isComposing && event.keyCode !== 229;
}

/** Keep a notebook's own keys from what is typed within an element. */
export function keepKeys(element: HTMLElement): void {
  for (const type of ["keydown", "keypress", "keyup"]) {
    element.addEventListener(type, (event) => event.stopPropagation());
  }
}
