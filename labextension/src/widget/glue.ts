/*
 * A widget as anywidget calls it: one session a model, however many views, and nothing left behind.
 *
 * All but a few small traits travel as custom messages, so that nothing of a run or a chat is saved as widget
 * state. What a module of a widget exports is a function, which anywidget calls once a model.
 */
import { pageLanguages, pickLanguage, type Language } from "../core/language";
import { isObject } from "../core/wire";
import { keepFinal } from "./final";
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

/** A session, and the models that it hears: nearly always one. */
interface Line<S extends Known> {
  readonly session: S;
  /** The one that it speaks through. */
  model: Model;
  /** How many views it has on this page. */
  views: number;
  /** By each model, what ends hearing it. */
  readonly heard: Map<Model, () => void>;
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
          if (isOwn) close(line, model);
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
 * A kernel that has taken the place of another makes its models again, and a page that loads may make one
 * twice: what is on the screen goes on with whichever hears the kernel.
 */
function openFor<S extends Known>(model: Model, know: Know<S>): [Line<S>, () => void] {
  const key = model.get("key");
  const known = lines<S>();
  const name = typeof key === "string" ? key : "";
  const before = name ? known.get(name) : undefined;
  const line = before ?? open(model, know);
  if (name) known.set(name, line);
  if (before) {
    before.model = model;
    listen(before, model);
    before.session.connected(true);
  }
  const enough = name
    ? findAgain(model.widget_manager, name, () => line.views > 0)
    : () => undefined;
  const end = () => {
    enough();
    if (close(line, model)) known.delete(name);
  };
  return [line, end];
}

function open<S extends Known>(model: Model, know: Know<S>): Line<S> {
  const line: Line<S> = {
    session: know((message) => line.model.send(message), model),
    model,
    views: 0,
    heard: new Map<Model, () => void>(),
  };
  listen(line, model);
  return line;
}

/** Hear a model no more; true where no other is left, and the session has ended. */
function close<S extends Known>(line: Line<S>, model: Model): boolean {
  line.heard.get(model)?.();
  line.heard.delete(model);
  const [other] = [...line.heard.keys()].slice(-1);
  if (other) {
    if (line.model === model) line.model = other;
    return false;
  }
  line.session.dispose();
  return true;
}

function listen<S extends Known>(line: Line<S>, model: Model): void {
  const { session } = line;
  const listener: Listener = (content, buffers = []) => {
    line.model = model; // the kernel speaks through it
    if (isObject(content) && content.kind === "final") {
      keepFinal(model.widget_manager, String(model.get("key")), content.data);
      return;
    }
    session.receive(content, buffers);
  };
  const liveness = () => {
    const found = model.widget_manager?.get_model?.(String(model.get("key")));
    found?.then(
      ({ comm_live: isThere }) => typeof isThere === "boolean" && session.connected(isThere),
      () => undefined,
    );
  };
  line.heard.get(model)?.();
  model.on("msg:custom", listener);
  model.on("comm_live_update", liveness);
  line.heard.set(model, () => {
    model.off("msg:custom", listener);
    model.off("comm_live_update", liveness);
  });
}

function languageOf(model: Model): Language {
  const wanted = model.get("language");
  return pickLanguage(typeof wanted === "string" ? wanted : "auto", pageLanguages());
}
