/*
 * A widget as anywidget calls it: one session a model, however many views, and nothing left behind.
 *
 * All but a few small traits travel as custom messages, so that nothing of a run or a chat is saved as widget
 * state. What a module of a widget exports is a function, which anywidget calls once a model.
 */
import { pageLanguages, pickLanguage, type Language } from "../core/language";
import { findAgain, type Manager } from "./missing";

type Listener = (content: unknown, buffers?: readonly DataView[]) => void;

/** As much of anywidget's model as is used here. */
export interface Model {
  get(name: string): unknown;
  send(content: unknown): void;
  on(event: "msg:custom" | "comm_live_update", listener: Listener): void;
  off(event: "msg:custom" | "comm_live_update", listener: Listener): void;
  /** That of the front end; which of its parts are there, depends on it. */
  readonly widget_manager?: Manager;
}

export interface Widget {
  initialize(context: { model: Model }): () => void;
  render(context: { model: Model; el: HTMLElement }): () => void;
}

/** What a page knows of one model, over all its views. */
interface Known {
  receive(content: unknown, buffers: readonly DataView[]): void;
  /** The kernel is gone, or one is there again: the same or the next. */
  connected(isThere: boolean): void;
  start(): void;
  dispose(): void;
}

interface View {
  readonly element: HTMLElement;
  draw(): void;
  dispose(): void;
}

type Know<S> = (send: (message: unknown) => void, model: Model) => S;

/** A session, and the model that it speaks through now. */
interface Line<S extends Known> {
  readonly session: S;
  model: Model;
  /** How many views it has on this page. */
  views: number;
  hangUp: () => void;
}

/**
 * @param know makes the session of a model
 * @param draw makes a view of it
 */
export function widget<S extends Known>(
  know: Know<S>,
  draw: (session: S, language: Language) => View,
): () => Widget {
  return () => {
    let shared: Line<S> | null = null;
    return {
      initialize({ model }) {
        const [line, close] = openFor(model, know);
        shared = line;
        return close;
      },
      render({ model, el }) {
        // Where a front end does not initialize models, each view has a session of its own.
        const line = shared ?? open(model, know);
        const isOwn = shared === null;
        const view = draw(line.session, languageOf(model));
        line.views++;
        el.append(view.element);
        view.draw();
        line.session.start();
        return () => {
          line.views--;
          view.dispose();
          if (!isOwn) return;
          line.hangUp();
          line.session.dispose();
        };
      },
    };
  };
}

const KEY = Symbol.for("ftkernel.lines");

/** The sessions of this page by the keys of their models. */
function lines<S extends Known>(): Map<string, Line<S>> {
  const page = globalThis as unknown as Record<symbol, Map<string, Line<S>> | undefined>;
  return (page[KEY] ??= new Map<string, Line<S>>());
}

/**
 * The session of a model, and how to close it.
 *
 * A kernel that has taken the place of another makes its models again: what is on the screen goes on with
 * the new one.
 */
function openFor<S extends Known>(model: Model, know: Know<S>): [Line<S>, () => void] {
  const key = model.get("key");
  const known = lines<S>();
  const name = typeof key === "string" ? key : "";
  const before = name ? known.get(name) : undefined;
  const line = before ?? open(model, know);
  if (name) known.set(name, line);
  if (before) {
    before.hangUp();
    before.model = model;
    before.hangUp = listen(before);
    before.session.connected(true);
  }
  const enough = name
    ? findAgain(model.widget_manager, name, () => line.views > 0)
    : () => undefined;
  const close = () => {
    enough();
    if (line.model !== model) return; // another has taken its place
    line.hangUp();
    line.session.dispose();
    known.delete(name);
  };
  return [line, close];
}

function open<S extends Known>(model: Model, know: Know<S>): Line<S> {
  const line: Line<S> = {
    session: know((message) => line.model.send(message), model),
    model,
    views: 0,
    hangUp: () => undefined,
  };
  line.hangUp = listen(line);
  return line;
}

function listen<S extends Known>({ model, session }: Line<S>): () => void {
  const listener: Listener = (content, buffers = []) => session.receive(content, buffers);
  const liveness = () => {
    const found = model.widget_manager?.get_model?.(String(model.get("key")));
    found?.then(
      ({ comm_live: isThere }) => typeof isThere === "boolean" && session.connected(isThere),
      () => undefined,
    );
  };
  model.on("msg:custom", listener);
  model.on("comm_live_update", liveness);
  return () => {
    model.off("msg:custom", listener);
    model.off("comm_live_update", liveness);
  };
}

function languageOf(model: Model): Language {
  const wanted = model.get("language");
  return pickLanguage(typeof wanted === "string" ? wanted : "auto", pageLanguages());
}
