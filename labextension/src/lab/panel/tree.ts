/* In Notebook 7 the panel of runs is a page: a tab beside the files. */
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { TabPanel, type Widget } from "@lumino/widgets";

/** The class of the page of files. */
const TREE = "jp-TreePanel";

/** Move the panel to a tab of the page of files, where there is one. */
export function showInTree({ shell }: JupyterFrontEnd, panel: Widget, label: string): void {
  const tree = [...shell.widgets("main")].find((one) => one.hasClass(TREE));
  if (!(tree instanceof TabPanel)) return;
  panel.title.label = label;
  const { currentWidget } = tree;
  tree.addWidget(panel);
  tree.currentWidget = currentWidget; // the files stay what is seen first
}

/** Whether a panel is a tab, which is shown now. */
export function showTab(panel: Widget): boolean {
  for (let one = panel.parent; one; one = one.parent) {
    if (one instanceof TabPanel && one.widgets.includes(panel)) {
      one.currentWidget = panel;
      return true;
    }
  }
  return false;
}
