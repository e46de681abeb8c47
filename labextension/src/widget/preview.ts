/* The preview of rows as a widget. */
import { PreviewSession } from "../preview/session";
import texts from "../preview/texts.json";
import { PreviewView } from "../preview/view";
import { widget } from "./glue";

export default widget(
  (send) => new PreviewSession(send),
  (session, language) => new PreviewView(session, texts, language),
);
