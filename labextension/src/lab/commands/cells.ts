/* Cells that are written for a person: never executed, always below what is there. */
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";

/** What a kernel opens a comm to, to have a cell written: from a button's callback too. */
export const CELLS_TARGET = "ftkernel.cells";
/** Characters of a cell that a kernel may write. */
const LONGEST = 100_000;

/** Write a code cell below the active one, and make it the active one. False where nothing can be written. */
export function insertBelow(panel: NotebookPanel, source: string): boolean {
  const { content, model } = panel;
  if (!model || model.readOnly) return false;
  const index = content.widgets.length === 0 ? 0 : content.activeCellIndex + 1;
  model.sharedModel.insertCell(index, { cell_type: "code", source, metadata: {} });
  content.activeCellIndex = index;
  content.deselectAll();
  void content.scrollToItem(index);
  return true;
}

/** Let the kernels of notebooks write cells into their own notebook. */
export function listenToKernels(tracker: INotebookTracker): void {
  tracker.forEach(listen);
  tracker.widgetAdded.connect((_, panel) => listen(panel));
}

function listen(panel: NotebookPanel): void {
  const register = (kernel: Kernel.IKernelConnection | null | undefined) => {
    // As JupyterLab has it: what comes is data of the kernel, looked at before it is used.
    kernel?.registerCommTarget(CELLS_TARGET, (comm, message) => {
      const done = !panel.isDisposed && written(panel, message);
      comm.close({ done });
    });
  };
  register(panel.sessionContext.session?.kernel);
  panel.sessionContext.kernelChanged.connect((_, { newValue }) => register(newValue));
}

function written(panel: NotebookPanel, message: KernelMessage.ICommOpenMsg): boolean {
  const { source } = message.content.data;
  return typeof source === "string" && source.length <= LONGEST && insertBelow(panel, source);
}
