/*
 * The page of a run and the comparison of several: their commands, what is restored after a reload, links. The pages
 * themselves are loaded with the first of them.
 */
import {
  ILabShell,
  ILayoutRestorer,
  IRouter,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { MainAreaWidget, WidgetTracker } from "@jupyterlab/apputils";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import { UUID } from "@lumino/coreutils";
import { ACROSS } from "../../core/metrics";
import { runsIcon } from "../icons";
import { CommandIds, PluginIds } from "../ids";
import { IRuns, type Runs } from "../runs";
import { chooseRun, chooseRuns } from "./choose";
import type { Comparison } from "./compare";
import type { Choice } from "./compare_chart";
import type { RunPage } from "./page";
import { TABS } from "./tab_names";

type PageWidget = MainAreaWidget<RunPage>;
type ComparisonWidget = MainAreaWidget<Comparison>;
type Args = ReadonlyPartialJSONObject;

/** A link to a run: `/lab?ftkernel-run=ID`. */
export const LINK = /[?&]ftkernel-run=([^&#]+)/;
const PAGE_ID = "ftkernel-run-";
const FOLLOW_LINK = "ftkernel:follow-link";

export const page: JupyterFrontEndPlugin<void> = {
  id: PluginIds.page,
  description: "A page for each run, and the comparison of several.",
  autoStart: true,
  requires: [IRuns],
  optional: [ILabShell, ILayoutRestorer, IRouter],
  activate: (
    app: JupyterFrontEnd,
    runs: Runs,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    router: IRouter | null,
  ) => {
    const show = (widget: MainAreaWidget) => {
      // Notebook 7 has one document in its main area: what else there is, stands beside it.
      const isMain = shell !== null || isFree(app);
      if (!widget.isAttached) {
        widget.toggleClass("ft-page-beside", !isMain);
        app.shell.add(widget, isMain ? "main" : "right");
      }
      app.shell.activateById(widget.id);
    };
    addPages(app, runs, restorer, show);
    addComparisons(app, runs, restorer, show);
    if (router) addLinks(app, router);
  },
};

function isFree({ shell }: JupyterFrontEnd): boolean {
  return [...shell.widgets("main")].length === 0;
}

function addPages(
  app: JupyterFrontEnd,
  runs: Runs,
  restorer: ILayoutRestorer | null,
  show: (widget: MainAreaWidget) => void,
): void {
  const { say } = runs.words;
  const tracker = new WidgetTracker<PageWidget>({ namespace: "ftkernel-run" });
  const open = async (id: string, tab: string, restored = false): Promise<PageWidget> => {
    const { RunPage } = await import("./page");
    let widget = tracker.find((one) => one.content.id_ === id);
    if (!widget) {
      const content = new RunPage(app, runs, id, tab);
      widget = new MainAreaWidget({ content });
      widget.id = PAGE_ID + id;
      dress(widget, content.runName || say("lab_page.run", { id: id.slice(0, 6) }));
      const made = widget;
      content.renamed.connect((_, name) => (made.title.label = name));
      content.tabChanged.connect(() => void tracker.save(made));
      void tracker.add(widget);
    }
    show(widget);
    if (tab && !restored) widget.content.showTab(tab);
    return widget;
  };
  const chosen = async (args: Args) => {
    const id = typeof args.id === "string" ? args.id : await chooseRun(runs);
    return id || null;
  };
  const properties = { id: { type: "string", description: say("lab_page.args.id") } };
  app.commands.addCommand(CommandIds.openRun, {
    label: say("lab_page.open_run"),
    caption: say("lab_page.open_run_help"),
    icon: runsIcon,
    describedBy: {
      args: {
        type: "object",
        properties: {
          ...properties,
          tab: { type: "string", enum: [...TABS], description: say("lab_page.args.tab") },
        },
      },
    },
    execute: async (args) => {
      const id = await chosen(args);
      if (!id) return null;
      return open(id, typeof args.tab === "string" ? args.tab : "", args.restored === true);
    },
  });
  app.commands.addCommand(CommandIds.chatRun, {
    label: say("lab_page.chat_run"),
    caption: say("lab_page.chat_run_help"),
    describedBy: { args: { type: "object", properties } },
    execute: async (args) => {
      const id = await chosen(args);
      return id ? open(id, "chat") : null;
    },
  });
  void restorer?.restore(tracker, {
    command: CommandIds.openRun,
    args: ({ content }) => ({ id: content.id_, tab: content.tab, restored: true }),
    name: ({ content }) => content.id_,
  });
}

function addComparisons(
  app: JupyterFrontEnd,
  runs: Runs,
  restorer: ILayoutRestorer | null,
  show: (widget: MainAreaWidget) => void,
): void {
  const { say } = runs.words;
  const tracker = new WidgetTracker<ComparisonWidget>({ namespace: "ftkernel-compare" });
  app.commands.addCommand(CommandIds.compareRuns, {
    label: say("lab_page.compare_runs"),
    caption: say("lab_page.compare_runs_help"),
    icon: runsIcon,
    describedBy: {
      args: {
        type: "object",
        properties: {
          ids: {
            type: "array",
            items: { type: "string" },
            description: say("lab_page.args.ids"),
          },
        },
      },
    },
    execute: async (args) => {
      const [{ Comparison }, { MOST }] = await Promise.all([
        import("./compare"),
        import("./compare_runs"),
      ]);
      const named = Array.isArray(args.ids) ? args.ids.filter((id) => typeof id === "string") : [];
      // A comparison that is restored is as it was, also where nothing was left in it.
      const isAsked = named.length === 0 && typeof args.key !== "string";
      const ids = isAsked ? await chooseRuns(runs, openRuns(app), MOST) : named;
      if (!ids) return null;
      const content = new Comparison(app, runs, ids, choiceOf(args));
      const widget = new MainAreaWidget({ content });
      widget.id = typeof args.key === "string" ? args.key : `ftkernel-compare-${UUID.uuid4()}`;
      dress(widget, say("lab_page.comparison"));
      content.changed.connect(() => void tracker.save(widget));
      void tracker.add(widget);
      show(widget);
      return widget;
    },
  });
  void restorer?.restore(tracker, {
    command: CommandIds.compareRuns,
    args: ({ id, content }) => ({ key: id, ids: content.ids, ...content.choice }),
    name: ({ id }) => id,
  });
}

/** The run whose page one looks at. */
function openRuns({ shell }: JupyterFrontEnd): string[] {
  const id = shell.currentWidget?.id ?? "";
  return id.startsWith(PAGE_ID) ? [id.slice(PAGE_ID.length)] : [];
}

/** How a comparison was looked at; what is not of its kind counts as not chosen. */
function choiceOf({ quantity, across, log }: Args): Choice {
  return {
    quantity: typeof quantity === "string" ? quantity : "smoothed",
    across: ACROSS.find((one) => one === across) ?? "step",
    log: log === true,
  };
}

function dress(widget: MainAreaWidget, label: string): void {
  widget.title.label = label;
  widget.title.icon = runsIcon;
  widget.title.closable = true;
}

function addLinks(app: JupyterFrontEnd, router: IRouter): void {
  app.commands.addCommand(FOLLOW_LINK, {
    describedBy: { args: { type: "object", properties: { search: { type: "string" } } } },
    execute: (args) => {
      const [path = "", search = "", hash = ""] = [args.path, args.search, args.hash].map((one) =>
        typeof one === "string" ? one : "",
      );
      const [, found = ""] = LINK.exec(search) ?? [];
      let id = "";
      try {
        id = decodeURIComponent(found);
      } catch {
        return; // no link of ours
      }
      void app.restored.then(() => {
        // Once it is followed it is done: a reload restores the page as any other.
        const rest = search.replace(LINK, "").replace(/^&/, "?");
        router.navigate(`${path}${rest}${hash}`, { skipRouting: true });
        void app.commands.execute(CommandIds.openRun, { id });
      });
    },
  });
  router.register({ command: FOLLOW_LINK, pattern: LINK, rank: 20 });
}
