/** The sign and the colour of each state. */
export const ICONS: Readonly<Record<string, string>> = {
  created: "○",
  starting: "◔",
  running: "▶",
  finished: "✓",
  stopped: "■",
  failed: "✕",
  died: "⚡",
  // What is saved of it cannot be read; no run is ever in it.
  unknown: "?",
};

export const ACCENTS: Readonly<Record<string, string>> = {
  created: "grey",
  starting: "blue",
  running: "blue",
  finished: "green",
  stopped: "amber",
  failed: "red",
  died: "red",
  unknown: "grey",
};
