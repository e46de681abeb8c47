/* What a new cell and a new notebook begin with. */
import type { INotebookContent } from "@jupyterlab/nbformat";
import type { Say } from "../../core/texts";

/** A recipe that runs as it is: the embedded model on the rows that come along. */
const RECIPE = `model: smollm2-135m
data: demo
steps: 40
eval_dataset: demo
eval_on_start: true
`;

const MAGIC = "%%finetune";

/** The cell that starts a run. */
export function recipeCell(recipe = RECIPE, name = ""): string {
  return `${[MAGIC, name].filter(Boolean).join(" ")}\n${recipe.trimEnd()}`;
}

export interface KernelSpec {
  readonly name: string;
  readonly display_name: string;
  readonly language: string;
}

/** A notebook that goes from a recipe to an answer. */
export function starterNotebook(say: Say, kernel: KernelSpec): INotebookContent {
  const words = (...codes: string[]) => ({
    cell_type: "markdown" as const,
    metadata: {},
    source: codes.map((one) => say(`lab_commands.starter.${one}`)).join("\n\n"),
  });
  const code = (source: string) => ({
    cell_type: "code" as const,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  });
  return {
    cells: [
      words("title", "begin"),
      code("%load_ext ftkernel"),
      words("train"),
      code(recipeCell(undefined, "first")),
      words("ask"),
      code("%ft chat first"),
    ],
    metadata: { kernelspec: { ...kernel } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The kernel that new notebooks get: the default one where it speaks Python, else the first that does. */
export function pythonKernel(
  specs: {
    readonly default: string;
    readonly kernelspecs: Readonly<Record<string, KernelSpec | undefined>>;
  } | null,
): KernelSpec | null {
  if (!specs) return null;
  const all = [specs.kernelspecs[specs.default], ...Object.values(specs.kernelspecs)];
  const found = all.find((one) => one?.language.toLowerCase() === "python");
  return found
    ? { name: found.name, display_name: found.display_name, language: found.language }
    : null;
}
