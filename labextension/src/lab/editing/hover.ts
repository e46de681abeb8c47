/* The pointer on a key of a recipe: what the key means. */
import type { Extension } from "@codemirror/state";
import { hoverTooltip } from "@codemirror/view";
import type { Words } from "../words";
import { bodyOf } from "./body";
import { keyCard } from "./card";
import type { KeyBook } from "./key_book";
import { keyAt } from "./places";

export function hover(book: KeyBook, words: Words): Extension {
  return hoverTooltip(async (view, position) => {
    const { doc } = view.state;
    const body = bodyOf(doc);
    const line = doc.lineAt(position);
    const found = body && keyAt(doc, body, line.number, position - line.from);
    const key = found && (await book.find(found.name));
    if (!key) return null;
    return {
      pos: line.from + found.key.from,
      end: line.from + found.key.to,
      above: true,
      create: () => ({ dom: keyCard(key, words) }),
    };
  });
}
