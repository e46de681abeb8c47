/* What stands in the place of a chat whose kernel is gone: with whom it was, and the way to the conversation. */
import type { CommandRegistry } from "@lumino/commands";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { button } from "../../chat/buttons";
import { h, show } from "../../core/dom";
import { CHAT_OUTPUT, CommandIds } from "../ids";
import type { Runs } from "../runs";
import { readSavedChat } from "./saved";
import { StandInOutput, type Picture } from "./stand_in";
import { card, unreadable } from "./unreadable";

/** The output of a chat. */
export function chatOutput(runs: Runs, commands: CommandRegistry): StandInOutput {
  return new StandInOutput((model) => chatPicture(model, runs, commands));
}

export function chatPicture(
  model: IRenderMime.IMimeModel,
  { list, words }: Runs,
  commands: CommandRegistry,
): Picture {
  const saved = readSavedChat(model.data[CHAT_OUTPUT]);
  if (!saved) {
    return { element: unreadable(model, words), draw: () => undefined, dispose: () => undefined };
  }
  const open = button(words.say("lab_outputs.open_chat"), () => {
    const run = list.get(saved.id);
    if (run) void commands.execute(CommandIds.chatRun, { id: run.id });
  });
  const said = words.say("lab_outputs.chat", { name: saved.name });
  const foot = h("div", { class: "ft-output-foot" }, h("p", { class: "ft-note" }, said), open);
  const look = () => {
    show(open, commands.hasCommand(CommandIds.chatRun) && list.get(saved.id) !== undefined);
  };
  list.changed.connect(look);
  const unwanted = saved.id ? list.want() : () => undefined;
  return {
    element: card(foot),
    draw: look,
    dispose: () => {
      list.changed.disconnect(look);
      unwanted();
    },
  };
}
