/*
 * YAML in the body of a recipe: the language of notebooks is wrapped, so that it hands the lines
 * below `%%finetune` on to YAML. Every other cell is read as before.
 *
 * JupyterLab has no door for languages within a cell. The registered language is public, so its
 * `support` is put in the place of; where it does not look as expected nothing is changed.
 */
import { LanguageSupport, LRLanguage } from "@codemirror/language";
import { parseMixed, type Input, type Parser, type SyntaxNodeRef } from "@lezer/common";
import type { IEditorLanguage, IEditorLanguageRegistry } from "@jupyterlab/codemirror";
import { BEGINNING, isRecipe } from "./body";

/** What every notebook of Python has as its language. */
const NOTEBOOKS = "ipython";
const BODY = "YAML";

/** A line more than a magic has in front. */
const LINE = /\S[^\n]*\n/;

/** Where the body of a recipe begins; `null` where the text is none. */
function beginning(input: Input): number | null {
  const start = input.read(0, Math.min(input.length, BEGINNING));
  if (!isRecipe(start)) return null;
  const text = start.includes("\n") ? start : input.read(0, input.length);
  const line = LINE.exec(text);
  return line ? line.index + line[0].length : null;
}

/** The same language, in which the body of a recipe is read by another parser. */
function withBody(language: LRLanguage, body: Parser): LRLanguage {
  const nest = (node: SyntaxNodeRef, input: Input) => {
    if (!node.type.isTop) return null;
    const from = beginning(input);
    if (from === null || from >= input.length) return null;
    return { parser: body, overlay: [{ from, to: input.length }] };
  };
  return language.configure({ wrap: parseMixed(nest) });
}

/** Switches highlighting on and off for editors that are made from now on. */
export type Switch = (on: boolean) => void;

/** Prepare the language of notebooks; `null` where it is not as expected. */
export async function prepare(languages: IEditorLanguageRegistry): Promise<Switch | null> {
  const [notebooks, body] = await Promise.all(
    [NOTEBOOKS, BODY].map((name) => found(languages, name)),
  );
  const plain = notebooks?.support;
  const yaml = body?.support;
  if (!notebooks || !yaml || !(plain?.language instanceof LRLanguage)) return null;
  const wrapped = new LanguageSupport(withBody(plain.language, yaml.language.parser), [
    plain.support,
  ]);
  return (on) => (notebooks.support = on ? wrapped : plain);
}

/** A language by exactly this name, loaded. */
async function found(
  languages: IEditorLanguageRegistry,
  name: string,
): Promise<IEditorLanguage | null> {
  return languages.findByName(name) ? await languages.getLanguage(name) : null;
}
