/** Do something whose failure is told to the page's console, and keeps nothing else from being done. */
export function apart(act: () => void): void {
  try {
    act();
  } catch (error) {
    reportError(error);
  }
}
