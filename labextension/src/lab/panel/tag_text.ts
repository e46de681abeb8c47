/* Tags as a person types them. */

/** As the server has them. */
export const MOST_TAGS = 20;
export const LONGEST_TAG = 40;

/** Tags in a line, each once, in their order; commas of both scripts part them. */
export function tagsIn(text: string): string[] {
  const parts = text.split(/[,，、;；\n]/).map((one) => one.trim().replace(/\s+/g, " "));
  return [...new Set(parts.filter(Boolean))];
}

/** What is wrong with them: a code and its fields, `null` for nothing. */
export function faultOf(tags: readonly string[]): [string, Record<string, string | number>] | null {
  const long = tags.find((one) => Array.from(one).length > LONGEST_TAG);
  if (long !== undefined) {
    return ["lab_panel.tag_too_long", { longest: LONGEST_TAG, tag: long }];
  }
  if (tags.length > MOST_TAGS) {
    return ["lab_panel.too_many_tags", { count: tags.length, most: MOST_TAGS }];
  }
  return null;
}

/** The line with a tag put to it, or taken out of it. */
export function toggled(text: string, tag: string): string {
  const tags = tagsIn(text);
  return (tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]).join(", ");
}
