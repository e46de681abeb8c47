/*
 * The kernel's own widget of an output, as far as the page has it.
 *
 * The front end would say "Loading widget..." and, where it does not come, "model not found". So it is only
 * asked to draw a widget whose model is there. What is touched here is theirs, and looked at before it is used.
 */
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Panel, Widget } from "@lumino/widgets";
import { isObject } from "../../core/wire";
import { WIDGET_OUTPUT } from "../ids";

/** Milliseconds to wait for a notebook's manager of widgets. */
const PATIENCE = 800;

/** As much of a model of a widget as is used here. */
interface Model {
  readonly comm_live?: boolean;
  send?(content: unknown): void;
}

/** As much of a front end's manager of widgets as is used here. */
interface Manager {
  has_model?(id: string): boolean;
  get_model?(id: string): Promise<Model>;
}

interface Renderer extends IRenderMime.IRenderer {
  /** Of ipywidgets' renderer; settled once the notebook has a kernel. */
  readonly _manager?: { readonly promise?: Promise<Manager> } | null;
  readonly widgets?: readonly Widget[];
}

/** The id of the widget that a bundle shows; nothing where it is from a notebook that is not trusted. */
export function widgetOf(model: IRenderMime.IMimeModel): string {
  const view: unknown = model.trusted ? model.data[WIDGET_OUTPUT] : null;
  return isObject(view) && typeof view.model_id === "string" ? view.model_id : "";
}

/** The widgets of one output's bundles: whether one is there, and its view. */
export class KernelWidget {
  readonly #host: Panel;
  readonly #changed: () => void;
  #manager: Manager | null = null;
  #isAsked = false;
  #view: Renderer | null = null;
  #isDrawing = false;
  #told = "";

  /**
   * @param host where its view goes
   * @param changed called when the view has come or has gone
   */
  constructor(host: Panel, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** Whether a view is shown. */
  get isShown(): boolean {
    return (this.#view?.widgets?.length ?? 0) > 0;
  }

  /** Whether a view is being drawn. */
  get isComing(): boolean {
    return this.#isDrawing;
  }

  dispose(): void {
    this.#view?.dispose();
    this.#view = null;
  }

  /** Take the view away. */
  hide(): void {
    const wasShown = this.isShown;
    this.dispose();
    if (wasShown) this.#changed();
  }

  /** Draw the widget of a bundle where its model is there; to be called again as long as it is not. */
  show(model: IRenderMime.IMimeModel): void {
    if (this.#view && !this.#isDrawing && !this.isShown) this.hide(); // its model was closed
    const id = widgetOf(model);
    if (!id || this.isShown || this.#isDrawing || !this.#has(id)) return;
    this.#isDrawing = true;
    void this.#draw(id, model).finally(() => {
      this.#isDrawing = false;
      this.#changed();
    });
  }

  /** Tell the widget something, once a widget; to be called again as long as it is not there. */
  tell(model: IRenderMime.IMimeModel, content: unknown): void {
    const id = widgetOf(model);
    if (!id || this.#told === id || !this.#has(id)) return;
    this.#told = id;
    this.#manager
      ?.get_model?.(id)
      .then((found) => found.send?.(content))
      .catch(() => undefined);
  }

  /** Whether the page has a model; asks for the manager of its notebook first. */
  #has(id: string): boolean {
    if (!this.#isAsked) void this.#find();
    return this.#manager?.has_model?.(id) ?? false;
  }

  /** Before a notebook has its manager, what is asked here is never answered: so it is asked again. */
  async #find(): Promise<void> {
    const registry = registryOf(this.#host);
    if (!registry?.getFactory(WIDGET_OUTPUT)) return;
    this.#isAsked = true;
    const renderer: Renderer = registry.createRenderer(WIDGET_OUTPUT);
    const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE));
    const manager = await Promise.race([renderer._manager?.promise, late]);
    renderer.dispose();
    this.#manager = manager ?? null;
    this.#isAsked = this.#manager !== null;
    if (manager && !this.#host.isDisposed) this.#changed();
  }

  async #draw(id: string, model: IRenderMime.IMimeModel): Promise<void> {
    const registry = registryOf(this.#host);
    const found = await this.#manager?.get_model?.(id).catch(() => undefined);
    if (!registry || !found || found.comm_live === false || this.#host.isDisposed) return;
    const view: Renderer = registry.createRenderer(WIDGET_OUTPUT);
    view.hide();
    this.#host.addWidget(view);
    this.#view = view;
    await view.renderModel(model);
    if (this.#view !== view || view.isDisposed) return;
    if (this.isShown) view.show();
    else this.dispose();
  }
}

/** The registry of the notebook that an output stands in. */
function registryOf(output: Widget): IRenderMimeRegistry | null {
  for (let one = output.parent; one; one = one.parent) {
    const { rendermime } = one as { readonly rendermime?: IRenderMimeRegistry };
    if (rendermime) return rendermime;
  }
  return null;
}
