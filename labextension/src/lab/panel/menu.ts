/* The menu of a run, and what is dragged of it. */
import { MimeData, type ReadonlyJSONObject } from "@lumino/coreutils";
import type { CommandRegistry } from "@lumino/commands";
import { Drag } from "@lumino/dragdrop";
import { Menu } from "@lumino/widgets";
import { h } from "../../core/dom";
import { CommandIds, RUNS_MIME } from "../ids";

const OF_ONE = [
  [CommandIds.openRun, CommandIds.chatRun],
  [CommandIds.stopRun, CommandIds.saveRun, CommandIds.resumeRun],
  [CommandIds.renameRun, CommandIds.noteRun, CommandIds.tagRun],
  [CommandIds.deleteRun],
] as const;
const OF_MANY = [[CommandIds.compareRuns], [CommandIds.stopRun], [CommandIds.deleteRun]] as const;

/** A menu of what can be done with runs; commands that there are not are not in it. */
export function menuOf(commands: CommandRegistry, ids: readonly string[]): Menu {
  const [id = ""] = ids;
  const menu = new Menu({ commands });
  menu.addClass("ft-runs-actions");
  const many = ids.length > 1;
  for (const [index, group] of (many ? OF_MANY : OF_ONE).entries()) {
    if (index > 0) menu.addItem({ type: "separator" });
    for (const command of group) {
      const args: ReadonlyJSONObject = many ? { ids: [...ids] } : { id };
      if (commands.hasCommand(command)) menu.addItem({ command, args });
    }
  }
  return menu;
}

/** Drag runs to wherever they are taken: a page of a run compares them. */
export async function drag(
  runs: readonly { id: string; name: string }[],
  x: number,
  y: number,
  source: unknown,
): Promise<void> {
  const mimeData = new MimeData();
  mimeData.setData(RUNS_MIME, runs.map((run) => run.id).join("\n"));
  mimeData.setData("text/plain", runs.map((run) => run.name).join("\n"));
  const names = runs.slice(0, 3).map((run) => h("div", {}, run.name));
  if (runs.length > names.length) names.push(h("div", {}, `+ ${runs.length - names.length}`));
  const dragImage = h("div", { class: "ft-runs-dragged" }, ...names);
  const dragged = new Drag({
    mimeData,
    dragImage,
    supportedActions: "copy",
    proposedAction: "copy",
    source,
  });
  await dragged.start(x, y);
  dragged.dispose();
}
