/* What can be done with runs, as commands: with an id at once, without one after asking which is meant. */
import type { CommandRegistry } from "@lumino/commands";
import type { IDisposable } from "@lumino/disposable";
import { DisposableSet } from "@lumino/disposable";
import type { RunListModel } from "../api/run_list";
import type { RunItem } from "../api/types";
import { CommandIds } from "../ids";
import type { Runs } from "../runs";
import { isAble, type Deed } from "./able";
import { actionsOf, type RunActions } from "./actions";
import { nameOf } from "./choice";
import { pick, tellFaults } from "./dialogs";
import { progressWords, stateWords, whenWords } from "./run_words";

type Args = Readonly<Record<string, unknown>>;

const ONE = {
  type: "string",
  description: "The id of a run; without it one is asked for.",
} as const;
const SOME = {
  type: "array",
  items: { type: "string" },
  description: "Ids of several runs.",
} as const;

interface Deeds {
  readonly id: string;
  readonly deed: Deed;
  /** Whether it can be done with several at once. */
  readonly many: boolean;
  readonly act: (actions: RunActions, runs: readonly RunItem[]) => Promise<void>;
}

const withOne =
  (act: (actions: RunActions, run: RunItem) => Promise<void>): Deeds["act"] =>
  async (actions, [run]) => {
    if (run) await act(actions, run);
  };

const DEEDS: readonly Deeds[] = [
  { id: CommandIds.stopRun, deed: "stop", many: true, act: (all, runs) => all.stop(runs) },
  { id: CommandIds.saveRun, deed: "save", many: false, act: withOne((all, run) => all.save(run)) },
  {
    id: CommandIds.resumeRun,
    deed: "resume",
    many: false,
    act: withOne((all, run) => all.resume(run)),
  },
  {
    id: CommandIds.renameRun,
    deed: "rename",
    many: false,
    act: withOne((all, run) => all.rename(run)),
  },
  { id: CommandIds.noteRun, deed: "note", many: false, act: withOne((all, run) => all.note(run)) },
  { id: CommandIds.tagRun, deed: "tags", many: false, act: withOne((all, run) => all.tag(run)) },
  { id: CommandIds.deleteRun, deed: "delete", many: true, act: (all, runs) => all.remove(runs) },
];

/** Add the commands that act on runs; disposing takes them away. */
export function addCommands(commands: CommandRegistry, runs: Runs): IDisposable {
  const { list, words } = runs;
  const actions = actionsOf(runs);
  const added = new DisposableSet();
  for (const { id, deed, many, act } of DEEDS) {
    const properties = many ? { id: ONE, ids: SOME } : { id: ONE };
    added.add(
      commands.addCommand(id, {
        label: (args) => words.say(`lab_panel.${isNamed(args) ? "do" : "all"}.${deed}`),
        describedBy: { args: { type: "object", properties } },
        isEnabled: (args) => !isNamed(args) || named(list, args).some((run) => isAble(deed, run)),
        execute: async (args) => {
          const meant = isNamed(args) ? named(list, args) : await asked(runs, deed);
          await act(actions, meant);
        },
      }),
    );
  }
  return added;
}

function isNamed(args: Args): boolean {
  return typeof args.id === "string" || Array.isArray(args.ids);
}

function named(list: RunListModel, { id, ids }: Args): RunItem[] {
  const all: unknown[] = Array.isArray(ids) ? ids : [id];
  const found = all.map((one) => (typeof one === "string" ? list.get(one) : undefined));
  return found.filter((run) => run !== undefined);
}

async function asked(runs: Runs, deed: Deed): Promise<RunItem[]> {
  const { list, words } = runs;
  const release = list.want();
  try {
    await whole(list);
    if (list.fault) {
      await tellFaults(words, [list.fault]);
      return [];
    }
    const able = list.runs.filter((run) => isAble(deed, run));
    const told = (run: RunItem) =>
      [
        nameOf(run),
        stateWords(run, words.say),
        progressWords(run, words.say),
        whenWords(run, words.language),
      ]
        .filter(Boolean)
        .join(" · ");
    const picked = await pick(words, words.say(`lab_panel.all.${deed}`), able, told);
    return picked ? [picked] : [];
  } finally {
    release();
  }
}

/** Wait until all runs have been read once, or cannot be. */
async function whole(list: RunListModel): Promise<void> {
  if (list.complete || list.fault) return;
  await new Promise<void>((resolve) => {
    const look = () => {
      if (!list.complete && !list.fault) return;
      list.changed.disconnect(look);
      resolve();
    };
    list.changed.connect(look);
  });
}
