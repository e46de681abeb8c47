/** A text in both languages, English first, as events and tables carry it. */
export type Both = readonly [string, string];

export type Language = "en" | "zh";

/**
 * The language to write in.
 *
 * @param wanted what is configured: "en", "zh", or "auto" for that of the page
 * @param page what the page says about itself, most trusted first
 */
export function pickLanguage(wanted: string, page: readonly string[]): Language {
  if (wanted === "en" || wanted === "zh") return wanted;
  const said = page.find((one) => one !== "");
  return said?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** What the page says about its language: the document, then the browser. */
export function pageLanguages(): string[] {
  return [document.documentElement.lang, navigator.language];
}

/** The language of the page in one word, as a kernel is told it; empty where the page says none. */
export function pageLocale(): string {
  return pageLanguages().find((one) => one !== "") ?? "";
}

/** The one of two texts that is in a language; what is not written in it is better than nothing. */
export function said(both: Both | null | undefined, language: Language): string {
  if (!both) return "";
  const [en, zh] = both;
  return language === "zh" ? zh || en : en || zh;
}
