/*
 * What may follow the cursor of a recipe, by the server: it answers while a kernel is busy or not
 * there. In these cells nobody else is asked: the kernel's offers are the same ones, names out of
 * the text are none, and JupyterLab waits a second for a kernel that is busy. What only the kernel
 * knows, the notebook's variables, is asked for from here where it has nothing to do.
 */
import { Text } from "@jupyterlab/coreutils";
import { CodeMirrorEditor } from "@jupyterlab/codemirror";
import {
  CompletionTriggerKind,
  type CompletionHandler,
  type ICompletionContext,
  type ICompletionProvider,
  type ICompletionProviderManager,
} from "@jupyterlab/completer";
import type { EditorView } from "@codemirror/view";
import type { Server } from "../api/request";
import { completeCell } from "../api/runs";
import { pause } from "../api/waiting";
import { BEGINNING, isRecipe } from "./body";
import { asksForOffers, joined, replyOf, variablesOf, type Item } from "./offers";

const ID = "ftkernel:recipes";
/** Below all others: the first one decides how the list looks in cells that are not ours. */
const RANK = 1;
/** Milliseconds that a kernel with nothing to do has. */
const KERNEL_TIME = 700;

export interface Offered {
  readonly server: Server;
  readonly isOn: () => boolean;
  readonly notebookOf: (view: EditorView) => string | null;
  /** Called with the offer that is chosen at the moment. */
  readonly chosen: (view: EditorView, help: string | undefined) => void;
}

type Provider = ICompletionProvider;

export class RecipeProvider implements Provider {
  readonly identifier = ID;
  readonly rank = RANK;
  #asked: AbortController | undefined;

  constructor(readonly offered: Offered) {}

  isApplicable(context: ICompletionContext): Promise<boolean> {
    return Promise.resolve(this.#editor(context) !== null);
  }

  shouldShowContinuousHint(
    isVisible: boolean,
    changed: { sourceChange?: readonly { insert?: unknown; delete?: unknown }[] },
  ): boolean {
    return !isVisible && asksForOffers(changed.sourceChange);
  }

  async fetch(
    _: CompletionHandler.IRequest,
    context: ICompletionContext,
    trigger?: CompletionTriggerKind,
  ): Promise<CompletionHandler.ICompletionItemsReply> {
    const view = this.#editor(context);
    if (!view) return { start: 0, end: 0, items: [] };
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const { doc, selection } = view.state;
    const cell = doc.toString();
    const position = selection.main.head;
    const notebook = this.offered.notebookOf(view);
    const kernel = this.#ofKernel(context, cell, position, signal);
    const found = await completeCell(this.offered.server, { cell, position, notebook }, signal);
    const invoked = trigger !== CompletionTriggerKind.TriggerCharacter;
    const reply = replyOf(cell, found, invoked);
    return joined(reply, (await kernel)(reply.start));
  }

  resolve(
    item: CompletionHandler.ICompletionItem,
    context: ICompletionContext,
  ): Promise<CompletionHandler.ICompletionItem> {
    const view = this.#editor(context);
    if (view) this.offered.chosen(view, item.documentation);
    return Promise.resolve(item);
  }

  /** The editor of a recipe; `null` for every other. */
  #editor({ editor }: ICompletionContext): EditorView | null {
    if (!this.offered.isOn() || !(editor instanceof CodeMirrorEditor)) return null;
    const { doc } = editor.editor.state;
    const begins = doc.sliceString(0, Math.min(doc.length, BEGINNING));
    return isRecipe(begins) ? editor.editor : null;
  }

  /** The notebook's variables, as a function of where the offers begin. */
  async #ofKernel(
    { session }: ICompletionContext,
    code: string,
    position: number,
    signal: AbortSignal,
  ): Promise<(start: number) => Item[]> {
    const kernel = session?.kernel;
    if (kernel?.status !== "idle") return () => [];
    const asked = { code, cursor_pos: Text.jsIndexToCharIndex(position, code) };
    const answer = kernel.requestComplete(asked).catch(() => null);
    const reply = await Promise.race([answer, pause(KERNEL_TIME, signal)]);
    const content = reply?.content;
    if (content?.status !== "ok") return () => [];
    return (start) => variablesOf(content, start);
  }
}

/**
 * Ask nobody but ours in the cells of recipes.
 *
 * The manager has no door for that: its providers are asked whether they have something to say,
 * and those of others are made to say no. Where they are not found, offers are told apart by their
 * text, and a busy kernel costs a second.
 */
export function leaveOthersOut(manager: ICompletionProviderManager, ours: RecipeProvider): void {
  if (!("getProviders" in manager) || typeof manager.getProviders !== "function") return;
  const all: unknown = manager.getProviders.call(manager);
  if (!(all instanceof Map)) return;
  for (const other of all.values() as Iterable<Provider>) {
    if (other === (ours as Provider) || left.has(other)) continue;
    left.add(other);
    const before = other.isApplicable.bind(other);
    other.isApplicable = async (context) =>
      (await ours.isApplicable(context)) ? false : await before(context);
  }
}

const left = new WeakSet<Provider>();
