/* The panel of all runs: what one looks for, the list, and what there is to say about it. */
import type { IStateDB } from "@jupyterlab/statedb";
import type { CommandRegistry } from "@lumino/commands";
import type { Message } from "@lumino/messaging";
import { Widget } from "@lumino/widgets";
import { h, show } from "../../core/dom";
import type { RunItem } from "../api/types";
import { CommandIds } from "../ids";
import type { Runs } from "../runs";
import { actionsOf, type RunActions } from "./actions";
import { chosen, EVERYTHING, nameOf, wishFrom, type Wish } from "./choice";
import { RunGrid } from "./grid";
import { Head } from "./head";
import { drag, menuOf } from "./menu";
import { Notices } from "./notices";

const KEPT = "ftkernel:runs-panel";

export interface PanelOptions {
  readonly commands: CommandRegistry;
  readonly runs: Runs;
  /** Where the filter and the order are kept over a reload. */
  readonly state?: IStateDB | null;
}

/** The panel as a widget, for a side bar or for a page of its own. */
export function createRunsPanel(options: PanelOptions): RunsPanel {
  return new RunsPanel(options);
}

/** It asks for runs, and draws them, only while it is seen. */
export class RunsPanel extends Widget {
  readonly #runs: Runs;
  readonly #commands: CommandRegistry;
  readonly #state: IStateDB | null;
  readonly #actions: RunActions;
  readonly #head: Head;
  readonly #notices: Notices;
  readonly #grid: RunGrid;
  #wish: Wish = EVERYTHING;
  /** Whether it is known what was wished before a reload: nothing is shown that would go at once. */
  #isReady: boolean;
  #shown: RunItem[] = [];
  #unwanted: (() => void) | null = null;

  constructor({ commands, runs, state = null }: PanelOptions) {
    super();
    this.#runs = runs;
    this.#commands = commands;
    this.#state = state;
    this.#isReady = state === null;
    this.#actions = actionsOf(runs);
    const { words } = runs;
    this.#head = new Head(words, {
      wish: (wish) => this.#look(wish),
      compare: () => this.#compare(this.#grid.chosen),
      down: () => this.#grid.focus(),
    });
    this.#notices = new Notices(words, () => runs.list.refresh());
    this.#grid = new RunGrid(words, {
      open: (ids) => this.#open(ids),
      menu: (ids, x, y) => menuOf(commands, ids).open(x, y),
      remove: (ids) => this.#do(CommandIds.deleteRun, { ids: [...ids] }),
      rename: (id) => this.#do(CommandIds.renameRun, { id }),
      drag: (ids, x, y) => void drag(this.#named(ids), x, y, this),
      tag: (tag) => this.#narrow(tag),
      chosen: (ids) => this.#tell(ids.length),
      pending: (id) => this.#actions.pending(id),
    });
    this.addClass("ft-runs-panel");
    this.node.append(
      h(
        "div",
        { class: "ftkernel" },
        h(
          "div",
          { class: "ft-root ft-runs" },
          this.#head.element,
          this.#notices.above,
          this.#grid.element,
          this.#notices.instead,
        ),
      ),
    );
    this.#head.wish = this.#wish;
    runs.list.changed.connect(this.#update, this);
    this.#actions.changed.connect(this.#draw, this);
    void this.#restore();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#runs.list.changed.disconnect(this.#update, this);
    this.#actions.changed.disconnect(this.#draw, this);
    this.#unwanted?.();
    this.#grid.dispose();
    super.dispose();
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#watch();
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.#watch();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.#rest();
  }

  protected override onBeforeDetach(message: Message): void {
    this.#rest();
    super.onBeforeDetach(message);
  }

  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    if (this.#shown.length > 0) this.#grid.focus();
    else this.#head.focus();
  }

  #watch(): void {
    if (!this.isVisible) return;
    this.#unwanted ??= this.#runs.list.want();
    this.#update();
  }

  #rest(): void {
    this.#unwanted?.();
    this.#unwanted = null;
  }

  #look(wish: Wish): void {
    this.#isReady = true;
    this.#wish = wish;
    this.#head.wish = wish;
    this.#update(true);
    void this.#state?.save(KEPT, { ...wish, tags: [...wish.tags] });
  }

  async #restore(): Promise<void> {
    const kept = await this.#state?.fetch(KEPT).catch(() => undefined);
    if (this.#isReady || this.isDisposed) return;
    this.#isReady = true;
    this.#wish = wishFrom(kept);
    this.#head.wish = this.#wish;
    this.#update(true);
  }

  #narrow(tag: string): void {
    const { tags } = this.#wish;
    if (!tags.includes(tag)) this.#look({ ...this.#wish, tags: [...tags, tag] });
  }

  #update(anew: unknown = false): void {
    if (!this.isVisible || !this.#isReady) return;
    const { list, words } = this.#runs;
    this.#shown = chosen(list.runs, this.#wish, words.say);
    show(this.#grid.element, this.#shown.length > 0);
    this.#notices.update(list, this.#shown.length);
    this.#grid.show(this.#shown, anew === true);
    this.#tell(this.#grid.chosen.length);
  }

  #draw(): void {
    if (this.isVisible) this.#grid.draw();
  }

  #tell(chosen: number): void {
    this.#head.tell(this.#shown.length, this.#runs.list.runs.length, chosen);
  }

  #named(ids: readonly string[]): { id: string; name: string }[] {
    const runs = ids.map((id) => this.#runs.list.get(id));
    return runs
      .filter((run) => run !== undefined)
      .map((run) => ({ id: run.id, name: nameOf(run) }));
  }

  #open(ids: readonly string[]): void {
    if (ids.length > 1) this.#compare(ids);
    else if (ids[0] !== undefined) this.#do(CommandIds.openRun, { id: ids[0] });
  }

  #compare(ids: readonly string[]): void {
    this.#do(CommandIds.compareRuns, { ids: [...ids] });
  }

  #do(command: string, args: { id: string } | { ids: string[] }): void {
    if (this.#commands.hasCommand(command)) void this.#commands.execute(command, args);
  }
}
