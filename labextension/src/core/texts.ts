import type { Both, Language } from "./language";

/** Texts by code, in both languages, as `export_texts.py` writes them. */
export type Texts = Readonly<Record<string, readonly string[]>>;

export type Fields = Readonly<Record<string, string | number>>;

/** Shows a code in one language, its fields filled in. */
export type Say = (code: string, fields?: Fields) => string;

const FIELD = /\{(\w+)(?::([^{}|]*)\|([^{}]*))?\}/g;

/**
 * Fill in the fields of a pattern: `{name}`, or `{rows:# row|# rows}` where # is the number.
 * A missing field shows its own name: a text must not fail.
 */
export function fill(pattern: string, fields: Fields): string {
  return pattern.replace(FIELD, (whole, name: string, one?: string, many?: string) => {
    const value = fields[name];
    if (value === undefined) return whole;
    const shown = String(value);
    if (one === undefined || many === undefined) return shown;
    return (shown === "1" ? one : many).replaceAll("#", shown);
  });
}

/** A text in both languages; an unknown code shows itself. */
export function both(texts: Texts, code: string, fields: Fields = {}): Both {
  const [en = code, zh = en] = texts[code] ?? [];
  return [fill(en, fields), fill(zh, fields)];
}

/** What says the codes of a table in a language. */
export function speaker(texts: Texts, language: Language): Say {
  return (code, fields = {}) => both(texts, code, fields)[language === "zh" ? 1 : 0];
}
