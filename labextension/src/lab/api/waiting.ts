/* Waiting that somebody else may end. */

/** Whether it was ended; as a function, since it changes while something is awaited. */
export function isOver(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

/** Wait, or until it is not wanted any more. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
