/* Recipes as rows, and how several differ: pure functions over what the server told. */

export interface Settled {
  readonly values: Readonly<Record<string, unknown>>;
  /** What was written in the recipe. */
  readonly given: Readonly<Record<string, unknown>>;
}

export interface RecipeRow {
  readonly key: string;
  readonly value: string;
  readonly given: boolean;
}

/** A value of a key as a person writes it; empty where nothing is set. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one !== "object" || one === null)) {
    return value.map(valueWords).join(", ");
  }
  return JSON.stringify(value);
}

/** The settled value of every key, in the order in which the server has them; unknown given keys last. */
export function recipeRows({ values, given }: Settled): RecipeRow[] {
  const keys = [...new Set([...Object.keys(values), ...Object.keys(given)])];
  return keys.map((key) => ({
    key,
    value: valueWords(key in values ? values[key] : given[key]),
    given: key in given,
  }));
}

/** A key and its values, one a recipe; `null` where a recipe does not know the key. */
export interface Difference {
  readonly key: string;
  readonly values: readonly (string | null)[];
  readonly given: readonly boolean[];
  readonly differs: boolean;
}

/**
 * All keys of some recipes side by side. What differs is what a person sees differ, and a key that only some
 * recipes know: a recipe written by an older version has fewer.
 *
 * @param recipes `null` for one that could not be read: it differs from nothing
 */
export function differences(recipes: readonly (Settled | null)[]): Difference[] {
  const keys = new Set<string>();
  for (const one of recipes) {
    for (const key of Object.keys(one?.values ?? {})) keys.add(key);
    for (const key of Object.keys(one?.given ?? {})) keys.add(key);
  }
  const shown = recipes.map((one) => {
    return one && new Map(recipeRows(one).map((row) => [row.key, row]));
  });
  return [...keys].map((key) => {
    const values = shown.map((rows) => rows?.get(key)?.value ?? null);
    const known = values.filter((_, index) => recipes[index] !== null);
    return {
      key,
      values,
      given: shown.map((rows) => rows?.get(key)?.given ?? false),
      differs: known.some((one) => one !== known[0]),
    };
  });
}

/** Words that YAML would read as something else than text. */
const OTHERWISE = /^(?:true|false|yes|no|on|off|null|~|[-+]?[.\d][\d_.eE+-]*)$/i;
const PLAIN = /^[\w/.~][\w/.@+ -]*$/;

/** What was written in a recipe, as the YAML of a cell: a line a key. */
export function givenText(given: Settled["given"]): string {
  return Object.entries(given)
    .map(([key, value]) => `${key}: ${yaml(value)}\n`)
    .join("");
}

/** A value in YAML; JSON is YAML as well. */
function yaml(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = PLAIN.test(value) && !OTHERWISE.test(value) && value.trim() === value;
  return isPlain ? value : JSON.stringify(value);
}
