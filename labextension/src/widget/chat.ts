/*
 * The chat widget as anywidget calls it: one session a model, however many views, and nothing left behind.
 *
 * All but two small traits travel as custom messages, so that nothing that was said is saved as widget state.
 */
import { ChatSession } from "../chat/session";
import texts from "../chat/texts.json";
import { ChatView } from "../chat/view";
import { pageLanguages, pickLanguage } from "../core/language";

type Listener = (content: unknown, buffers?: readonly DataView[]) => void;

/** As much of anywidget's model as is used here. */
interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(event: "msg:custom", listener: Listener): void;
  off(event: "msg:custom", listener: Listener): void;
}

interface Widget {
  initialize(context: { model: Model }): () => void;
  render(context: { model: Model; el: HTMLElement }): () => void;
}

function open(model: Model): [ChatSession, () => void] {
  const session = new ChatSession((message) => model.send(message));
  const listener: Listener = (content, buffers = []) => session.receive(content, buffers);
  model.on("msg:custom", listener);
  return [
    session,
    () => {
      model.off("msg:custom", listener);
      session.dispose();
    },
  ];
}

export default (): Widget => {
  let session: ChatSession | null = null;
  return {
    initialize({ model }) {
      const [opened, close] = open(model);
      session = opened;
      return close;
    },
    render({ model, el }) {
      // Where a front end does not initialize models, each view has a session of its own.
      const [shown, close] = session ? [session, null] : open(model);
      const wanted = model.get("language");
      const language = pickLanguage(typeof wanted === "string" ? wanted : "auto", pageLanguages());
      const view = new ChatView(shown, texts, language);
      el.append(view.element);
      view.draw();
      shown.start();
      return () => {
        view.dispose();
        close?.();
      };
    },
  };
};
