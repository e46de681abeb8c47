/* The rows of a saved preview, as its view asks for them. */
import { PAGE, PreviewSession } from "../../preview/session";
import type { SavedRows } from "./saved";

/** A session that is answered at once, from what was saved. */
export function sessionOf({ head, rows }: SavedRows): PreviewSession {
  const total = rows.length;
  const session = new PreviewSession((message) => {
    if (message.kind === "hello") session.receive({ kind: "head", head: head ?? {} });
    if (message.kind !== "page") return;
    const start = typeof message.start === "number" ? message.start : 0;
    session.receive({
      ...message,
      start,
      rows: rows.slice(start, start + PAGE),
      total,
      of: total,
      read: total,
      done: true,
    });
  });
  return session;
}
