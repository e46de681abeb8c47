/*
 * Large scripts, each loaded once a page however many views and widgets there are.
 *
 * Their text comes from whoever can give it: the kernel, as the buffer of a message, or a server's static
 * files. Never from elsewhere: a notebook must look the same without a network.
 */

import { apart } from "./apart";

export type AssetName = "plotly" | "markdown";

/** What each script leaves behind in the page. */
const GLOBALS: Readonly<Record<AssetName, string>> = {
  plotly: "Plotly",
  markdown: "ftkernelMarkdown",
};

/** One who waits for a script. */
interface Waiter {
  /** Tell the one who can give it; false where nobody was told. */
  readonly ask: () => boolean;
  readonly then: (value: unknown) => void;
}

/** All who wait for one script, whose turn it is to ask first. */
interface Queue {
  readonly waiters: Waiter[];
  /** When one of them last asked, in milliseconds. */
  asked: number;
  timer: ReturnType<typeof setInterval> | undefined;
}

interface Shelf {
  readonly loaded: Map<AssetName, { sha256: string; value: unknown }>;
  readonly loading: Map<AssetName, Promise<unknown>>;
  readonly queues: Map<AssetName, Queue>;
}

const KEY = Symbol.for("ftkernel.assets");

function shelf(): Shelf {
  const page = globalThis as unknown as Record<symbol, Shelf | undefined>;
  return (page[KEY] ??= {
    loaded: new Map(),
    loading: new Map(),
    queues: new Map(),
  });
}

export function isAssetName(name: unknown): name is AssetName {
  return typeof name === "string" && name in GLOBALS;
}

/** The hashes of what this page has. */
export function assetsHere(): string[] {
  return [...shelf().loaded.values()].map((one) => one.sha256);
}

/** What a script gave, or nothing as long as it is not there. */
export function asset(name: AssetName): unknown {
  return shelf().loaded.get(name)?.value;
}

/** Milliseconds after which a request that brought nothing is made again. */
const AGAIN = 3_000;
/** In place of when it was asked: this page does not let it run. */
const NEVER = Infinity;

function queueOf(name: AssetName): Queue {
  const { queues } = shelf();
  const queue = queues.get(name) ?? { waiters: [], asked: -Infinity, timer: undefined };
  queues.set(name, queue);
  return queue;
}

/**
 * Wait for a script, and have somebody asked for it, again and again until it is there: a request or its
 * answer may be lost. All who wait on a page ask once between them, and in turn: one of them may have
 * a kernel that is busy or gone, and must not keep the others from it.
 *
 * @param ask tells the one who can give it, and returns whether it could; the answer goes to `provide`
 * @param then called once, at once where it is there already
 * @returns takes the wish back
 */
export function need(
  name: AssetName,
  ask: () => boolean,
  then: (value: unknown) => void,
): () => void {
  const here = shelf().loaded.get(name);
  if (here) {
    then(here.value);
    return () => undefined;
  }
  const queue = queueOf(name);
  const waiter = { ask, then };
  queue.waiters.unshift(waiter); // the newest has not asked yet, and is the likeliest to be heard
  queue.timer ??= setInterval(() => askInTurn(queue), AGAIN / 3);
  askInTurn(queue);
  return () => {
    const index = queue.waiters.indexOf(waiter);
    if (index >= 0) queue.waiters.splice(index, 1);
    if (queue.waiters.length === 0) rest(queue);
  };
}

/** Have the next who can ask, unless an answer may still be on its way. */
function askInTurn(queue: Queue): void {
  if (Date.now() - queue.asked < AGAIN) return;
  for (const waiter of [...queue.waiters]) {
    queue.waiters.push(...queue.waiters.splice(queue.waiters.indexOf(waiter), 1));
    if (!waiter.ask()) continue;
    queue.asked = Date.now();
    return;
  }
}

function rest(queue: Queue): void {
  clearInterval(queue.timer);
  queue.timer = undefined;
}

/** Whoever waits for a script asks anew at once; where it could not run, nobody does. */
export function askAnew(name: AssetName): void {
  const queue = queueOf(name);
  if (queue.asked !== NEVER) queue.asked = -Infinity;
}

/** Run a script that somebody has given, unless it is here, and tell who waits for it. */
export async function provide(
  name: AssetName,
  sha256: string,
  content: ArrayBuffer | ArrayBufferView,
): Promise<void> {
  const { loaded, loading } = shelf();
  if (loaded.has(name)) return;
  let running = loading.get(name);
  if (!running) {
    running = run(GLOBALS[name], new TextDecoder().decode(content));
    loading.set(name, running);
  }
  const queue = queueOf(name);
  try {
    const value = await running;
    loaded.set(name, { sha256, value });
    rest(queue);
    for (const { then } of queue.waiters.splice(0)) apart(() => then(value));
  } catch (error) {
    queue.asked = NEVER;
    throw error;
  } finally {
    loading.delete(name);
  }
}

/**
 * Run a script of the kind that works everywhere, and give what it leaves behind.
 *
 * A page with a module loader of its own would take it (`define`), and another library may have put the same
 * name there (plotly.py does): both are kept out of its sight, and what was there is put back.
 */
async function run(global: string, text: string): Promise<unknown> {
  const page = globalThis as unknown as Record<string, unknown>;
  const key = `__ftkernel_${global}`;
  const whole =
    `(function(){var had=Object.prototype.hasOwnProperty.call(globalThis,"${global}"),` +
    `before=globalThis["${global}"],define,module,exports;` +
    `(function(){${text}\n;if(typeof ${global}!=="undefined")globalThis["${key}"]=${global};` +
    `}).call(globalThis);` +
    `if(had)globalThis["${global}"]=before;else delete globalThis["${global}"];})();`;
  for (const way of [byUrl, inPage]) {
    await way(whole);
    if (page[key] !== undefined) {
      const value = page[key];
      Reflect.deleteProperty(page, key);
      return value;
    }
  }
  throw new Error(`[ftkernel] this page does not let ${global} run`);
}

function byUrl(text: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Promise((resolve) => {
    const script = document.createElement("script");
    const end = () => {
      URL.revokeObjectURL(url);
      script.remove();
      resolve();
    };
    script.onload = end;
    script.onerror = end;
    script.src = url;
    document.head.append(script);
  });
}

/** Where a policy forbids scripts from an object URL, one in the page may be allowed. */
function inPage(text: string): Promise<void> {
  const script = document.createElement("script");
  script.textContent = text;
  document.head.append(script);
  script.remove();
  return Promise.resolve();
}

/** Give what a script of this page's own files has left, unless it is here, and tell who waits for it. */
export function offer(name: AssetName, value: unknown, sha256 = ""): void {
  const { loaded } = shelf();
  if (loaded.has(name)) return;
  loaded.set(name, { sha256, value });
  const queue = queueOf(name);
  rest(queue);
  for (const { then } of queue.waiters.splice(0)) apart(() => then(value));
}
