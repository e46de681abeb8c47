/** The names of the tabs, as a link or a command gives them. */
export const TABS = ["recipe", "notes", "log", "checkpoints", "samples", "chat", "files"] as const;
