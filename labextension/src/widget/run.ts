/* The live view of a run as a widget. */
import { RunView } from "../core/run_view";
import { Session } from "../core/session";
import texts from "../core/texts.json";
import { widget } from "./glue";

export default widget(
  (send, model) => {
    const session = new Session(send, texts);
    session.store.takeSaved(model.get("first"));
    return session;
  },
  (session, language) => new RunView(session, texts, language),
);
