/* The chat panel as a widget. */
import { ChatSession } from "../chat/session";
import texts from "../chat/texts.json";
import { ChatView } from "../chat/view";
import { widget } from "./glue";

export default widget(
  (send) => new ChatSession(send),
  (session, language) => new ChatView(session, texts, language),
);
