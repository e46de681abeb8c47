/* What this extension says, in the language that JupyterLab is set to. */
import type { ITranslator } from "@jupyterlab/translation";
import { pageLanguages, pickLanguage, type Language } from "../core/language";
import { speaker, type Say, type Texts } from "../core/texts";
import core from "../core/texts.json";
import lab from "./texts.json";

/** The texts of the live view and of the extension. */
export const TEXTS: Texts = { ...core, ...lab };

export interface Words {
  readonly language: Language;
  readonly say: Say;
}

/** @param translator Jupyter's own; without it, the page's language counts */
export function wordsOf(translator: ITranslator | null): Words {
  const chosen = translator?.languageCode ?? "";
  const language = pickLanguage("auto", [chosen, ...pageLanguages()]);
  return { language, say: speaker(TEXTS, language) };
}
