/* An output whose renderer is loaded with the first of its kind: most pages show none. */
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { PanelLayout, Widget } from "@lumino/widgets";

type Renderer = IRenderMime.IRenderer & Widget;

export class LateOutput extends Widget implements IRenderMime.IRenderer {
  readonly #load: () => Promise<Renderer>;
  #loading: Promise<Renderer | null> | null = null;

  /** @param load makes the renderer; called once */
  constructor(load: () => Promise<Renderer>) {
    super();
    this.#load = load;
    this.layout = new PanelLayout();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.#loading ??= this.#put();
    const renderer = await this.#loading;
    await renderer?.renderModel(model);
  }

  async #put(): Promise<Renderer | null> {
    const renderer = await this.#load();
    if (this.isDisposed) {
      renderer.dispose();
      return null;
    }
    (this.layout as PanelLayout).addWidget(renderer);
    return renderer;
  }
}
