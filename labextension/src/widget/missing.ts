/*
 * Outputs that a front end has given up: it says "model not found" in the place of a view.
 *
 * JupyterLab and Notebook 7 look for a widget's model for two seconds after an output is drawn, and not again. A
 * kernel that is busy answers later, and one that was started anew knows the model only once the extension is
 * loaded. When the model is there, the output is given to the front end once more. What is touched here
 * is theirs, and looked at before it is used: elsewhere, nothing happens.
 */

const WIDGET = "application/vnd.jupyter.widget-view+json";
const GIVEN_UP = "Error displaying widget: model not found";
/** Milliseconds between two looks. */
const PAUSE = 1_000;
/** Looks after the model has come: the front end may still be trying. */
const LOOKS = 8;

interface Output {
  readonly data?: Readonly<Record<string, unknown>>;
  toJSON(): unknown;
}

interface Outputs {
  readonly length: number;
  get(index: number): Output;
  set(index: number, value: unknown): void;
}

/** As much of a front end's manager of widgets as is used here. */
export interface Manager {
  get_model?(id: string): Promise<{ readonly comm_live?: boolean }>;
  readonly context?: { readonly model?: { readonly cells?: Iterable<{ outputs?: Outputs }> } };
}

/**
 * Have the outputs of a model drawn that were given up.
 *
 * @param isShown whether it is shown, and there is nothing to do
 * @returns ends it
 */
export function findAgain(
  manager: Manager | undefined,
  id: string,
  isShown: () => boolean,
): () => void {
  let left = LOOKS;
  const timer = setInterval(() => {
    if (isShown() || --left < 0) clearInterval(timer);
    else if (isAnyGivenUp()) giveAnew(manager, id);
  }, PAUSE);
  return () => clearInterval(timer);
}

function isAnyGivenUp(): boolean {
  const places = document.querySelectorAll(".jp-OutputArea-output");
  return [...places].some((one) => one.textContent === GIVEN_UP);
}

function giveAnew(manager: Manager | undefined, id: string): void {
  for (const { outputs } of manager?.context?.model?.cells ?? []) {
    for (let index = 0; index < (outputs?.length ?? 0); index++) {
      const output = outputs?.get(index);
      const about = output?.data?.[WIDGET] as { model_id?: unknown } | undefined;
      if (about?.model_id === id) outputs?.set(index, output?.toJSON());
    }
  }
}
