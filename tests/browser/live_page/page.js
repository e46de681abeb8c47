/* A stand-in for anywidget around the committed bundle: it records what is sent, and feeds what tests give. */
import makeWidget from "/run.js";

const listeners = new Set();
const values = { language: "auto", first: null, run: "harness" };

const model = {
  get: (name) => values[name],
  send: (content) => window.live.sent.push(structuredClone(content)),
  on: (_event, listener) => listeners.add(listener),
  off: (_event, listener) => listeners.delete(listener),
};

function bytes(text) {
  return new DataView(Uint8Array.from(atob(text), (one) => one.charCodeAt(0)).buffer);
}

const painted = () =>
  new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

let widget = null;
const cleanups = [];

window.live = {
  sent: [],
  /** Make the widget as a front end does. */
  start(given = {}) {
    Object.assign(values, given);
    widget = makeWidget();
    window.live.close = widget.initialize({ model });
    return window.live.view();
  },
  /** Another view of the same model. */
  view() {
    const el = document.createElement("div");
    document.getElementById("here").append(el);
    const cleanup = widget.render({ model, el });
    cleanups.push(() => {
      cleanup();
      el.remove();
    });
    return painted();
  },
  closeViews() {
    for (const cleanup of cleanups.splice(0)) cleanup();
  },
  /** Messages of the kernel, each [content, buffers in base 64]. */
  async feed(messages) {
    for (const [content, buffers] of messages) {
      for (const listener of listeners) listener(content, buffers.map(bytes));
    }
    await painted();
  },
  /** Milliseconds that the page computes for each message: taking it in, and drawing it. */
  async measure(messages) {
    const out = [];
    for (const [content, buffers] of messages) {
      const decoded = buffers.map(bytes);
      // Callbacks run in the order of their wishes: ours come before and after the view's.
      let start = 0;
      requestAnimationFrame(() => (start = performance.now()));
      const begun = performance.now();
      for (const listener of listeners) listener(content, decoded);
      const taken = performance.now() - begun;
      await new Promise((resolve) =>
        requestAnimationFrame(() => {
          out.push(taken + performance.now() - start);
          resolve();
        }),
      );
    }
    return out;
  },
  async fetchAsset(name, url, sha256) {
    const buffer = new DataView(await (await fetch(url)).arrayBuffer());
    for (const listener of listeners) listener({ kind: "asset", name, sha256 }, [buffer]);
  },
  listeners: () => listeners.size,
};
window.ready = true;
