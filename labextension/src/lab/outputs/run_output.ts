/*
 * A run in a notebook: as the server tells of it, whatever the kernel does; else by the kernel's widget; else as it
 * was saved.
 */
import type { CommandRegistry } from "@lumino/commands";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Message } from "@lumino/messaging";
import { button } from "../../chat/buttons";
import { h, setText, show } from "../../core/dom";
import { RunView } from "../../core/run_view";
import { RunLine } from "../api/transport";
import { CommandIds, RUN_OUTPUT } from "../ids";
import type { Runs } from "../runs";
import { TEXTS } from "../words";
import { KernelWidget, widgetOf } from "./kernel_widget";
import { readSavedRun, type ReadRun } from "./saved";
import { SeenOutput } from "./seen";
import { unreadable } from "./unreadable";

/** Milliseconds that the server has to learn of a run that has just begun. */
const GRACE = 3_000;
/** … and of one that lies there since a moment, before it is said that it does not know it; asked again meanwhile. */
const LONG_GRACE = 6_000;
/** Times that a kernel is told that its widget is not needed, until the page has the widget. */
const TELLS = 20;
const TELL_EVERY = 500;

interface Drawn {
  readonly line: RunLine;
  readonly view: RunView;
  readonly note: HTMLElement;
  readonly open: HTMLButtonElement;
}

export class RunOutput extends SeenOutput {
  readonly #runs: Runs;
  readonly #commands: CommandRegistry;
  readonly #widget = new KernelWidget(this, () => this.#settle());
  #saved: ReadRun | null = null;
  #drawn: Drawn | null = null;
  /** What of the saved run is drawn, where nothing else tells of it. */
  #stands: { readonly saved: ReadRun; readonly isLive: boolean } | null = null;
  /** Whether the server knows the run, and has told of it here. */
  #isFollowed = false;
  /** Whether a kernel goes on drawing it anew. */
  #isFed = false;
  #since = 0;
  #unwanted: (() => void) | null = null;
  #telling: ReturnType<typeof setInterval> | undefined;

  constructor(runs: Runs, commands: CommandRegistry) {
    super();
    this.#runs = runs;
    this.#commands = commands;
    runs.list.changed.connect(this.#settle, this);
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#runs.list.changed.disconnect(this.#settle, this);
    clearInterval(this.#telling);
    this.#widget.dispose();
    this.#undraw();
    super.dispose();
    this.#want(false);
  }

  override renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const done = super.renderModel(model);
    this.#tell();
    return done;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.#tell();
  }

  protected take(model: IRenderMime.IMimeModel): void {
    const saved = readSavedRun(model.data[RUN_OUTPUT]);
    const isSame = saved !== null && saved.id === this.#saved?.id;
    this.#saved = saved;
    if (!isSame) {
      this.#undraw();
      this.#isFollowed = this.#isFed = false;
      this.#since = Date.now();
    } else this.#isFed = true;
    if (!widgetOf(model)) this.#widget.hide();
    if (!saved) {
      this.#widget.hide();
      this.node.replaceChildren(unreadable(model, this.#runs.words));
      return;
    }
    if (!this.#widget.isShown) this.#draw(saved);
    this.#settle();
  }

  protected see(isSeen: boolean): void {
    if (this.#drawn) this.#drawn.line.paused = !isSeen;
    this.#want(isSeen);
    this.#settle();
  }

  protected look(): void {
    this.#settle();
  }

  /** Show it by whoever knows the most of it now. */
  #settle(): void {
    const { model } = this;
    const saved = this.#saved;
    if (!model || !saved || !this.isSeen) return;
    const { list, words } = this.#runs;
    if (!this.#isFollowed && list.get(saved.id)) {
      this.#isFollowed = true;
      this.#widget.hide();
      this.#draw(saved).line.session.start();
      this.#want(false); // its line does so from now on
    }
    if (this.#isFollowed) {
      this.#note("");
      return;
    }
    if (!list.complete && !list.fault) return;
    const isOff = list.fault?.status === 404 || list.fault?.status === 403;
    if (isOff) this.#want(false);
    const hasWidget = widgetOf(model) !== "";
    if (hasWidget && saved.live && !isOff && Date.now() - this.#since < GRACE) return;
    this.#widget.show(model);
    if (this.#widget.isShown) {
      this.#undraw();
      return;
    }
    if (this.#widget.isComing) return;
    this.#draw(saved);
    const isLive = saved.live && this.#isFed;
    this.#drawSaved(saved, isLive);
    if (!list.fault && Date.now() - this.#since < LONG_GRACE) {
      list.refreshSoon();
      return;
    }
    const reason = list.fault?.told;
    const told = reason
      ? words.say("lab_outputs.saved_because", { reason })
      : words.say("lab_outputs.saved");
    this.#note(isLive ? "" : told);
  }

  /** Draw what is saved, once; where nobody goes on drawing it, nothing of it is going on. */
  #drawSaved(saved: ReadRun, isLive: boolean): void {
    if (!this.#drawn || (this.#stands?.saved === saved && this.#stands.isLive === isLive)) return;
    this.#stands = { saved, isLive };
    const { line, view } = this.#drawn;
    line.session.store.takeSaved({ ...saved, live: isLive });
    view.draw();
  }

  #draw(saved: ReadRun): Drawn {
    if (this.#drawn) return this.#drawn;
    const { list, words } = this.#runs;
    const line = new RunLine(list, saved.id, TEXTS);
    line.paused = !this.isSeen;
    line.session.store.takeSaved(saved);
    const view = new RunView(line.session, TEXTS, words.language);
    const note = h("p", { class: "ft-note ft-muted", hidden: true });
    const open = button(words.say("lab_outputs.open"), () => this.#open());
    open.title = words.say("lab_outputs.open_help");
    const foot = h(
      "div",
      { class: "ft-output-foot", "data-lm-suppress-shortcuts": "true" },
      note,
      open,
    );
    view.element.querySelector(".ft-inner")?.append(foot);
    this.node.prepend(view.element);
    view.draw();
    this.#drawn = { line, view, note, open };
    return this.#drawn;
  }

  #undraw(): void {
    const drawn = this.#drawn;
    this.#drawn = this.#stands = null;
    drawn?.view.dispose();
    drawn?.line.dispose();
    if (this.#isFollowed) return;
    for (const one of this.node.querySelectorAll(":scope > .ft-output-text")) one.remove();
  }

  #note(text: string): void {
    if (!this.#drawn) return;
    const { note, open } = this.#drawn;
    setText(note, text);
    show(note, text !== "");
    show(open, this.#isFollowed && this.#commands.hasCommand(CommandIds.openRun));
  }

  #open(): void {
    const { list } = this.#runs;
    const run = list.get(this.#saved?.id ?? "");
    if (run) void this.#commands.execute(CommandIds.openRun, { id: run.id });
  }

  /** Have the list of runs kept up to date, once. */
  #want(isWanted: boolean): void {
    if (!isWanted || this.#isFollowed || this.isDisposed) {
      this.#unwanted?.();
      this.#unwanted = null;
    } else this.#unwanted ??= this.#runs.list.want();
  }

  /** Have the kernel told that the page draws without its widget: else it takes it for one that cannot draw any. */
  #tell(): void {
    clearInterval(this.#telling);
    let left = TELLS;
    this.#telling = setInterval(() => {
      if (!this.model || --left <= 0) clearInterval(this.#telling);
      else if (!this.#widget.isShown && !this.#widget.isComing)
        this.#widget.tell(this.model, { kind: "elsewhere" });
    }, TELL_EVERY);
  }
}
