/* Every name that this extension gives to something of JupyterLab, in one place. */

/** Plugins; each can be switched off by its name. */
export const PluginIds = {
  runs: "ftkernel:runs",
  panel: "ftkernel:runs-panel",
  page: "ftkernel:run-page",
  outputs: "ftkernel:outputs",
  highlight: "ftkernel:highlight",
  help: "ftkernel:editing-help",
  commands: "ftkernel:commands",
  status: "ftkernel:status",
  notifications: "ftkernel:notifications",
} as const;

export const CommandIds = {
  showRuns: "ftkernel:show-runs",
  openRun: "ftkernel:open-run",
  compareRuns: "ftkernel:compare-runs",
  stopRun: "ftkernel:stop-run",
  saveRun: "ftkernel:save-run",
  resumeRun: "ftkernel:resume-run",
  renameRun: "ftkernel:rename-run",
  noteRun: "ftkernel:note-run",
  tagRun: "ftkernel:tag-run",
  deleteRun: "ftkernel:delete-run",
  chatRun: "ftkernel:chat-run",
  newNotebook: "ftkernel:new-notebook",
  insertCell: "ftkernel:insert-cell",
  fixProblem: "ftkernel:fix-problem",
} as const;

/** What is dragged out of the list of runs: ids, one a line. */
export const RUNS_MIME = "application/vnd.ftkernel.runs";

export const RUN_OUTPUT = "application/vnd.ftkernel.run.v1+json";
export const PREVIEW_OUTPUT = "application/vnd.ftkernel.preview.v1+json";
export const CHAT_OUTPUT = "application/vnd.ftkernel.chat.v1+json";
export const WIDGET_OUTPUT = "application/vnd.jupyter.widget-view+json";
