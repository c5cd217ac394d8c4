// Brings the WebAssembly module in, once, when it is first needed; never on a server.
import start, { Core } from '../../pkg/talkwire.js';
import { TalkwireError } from './error.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const MAGIC = 0x6d736100; // "\0asm", as a number

let source;
let loading;

/** Whether there is a browser to run in: a page or a worker with sockets. */
export const canRun = () =>
  typeof WebSocket === 'function' &&
  (typeof document === 'object' || typeof WorkerGlobalScope === 'function');

/** Loads the module now instead of with the first use; from `wasm`, if given. */
export async function init(wasm) {
  if (wasm !== undefined) source = () => wasm;
  await load();
}

/** Takes the module's bytes from `bytes()` unless somebody says otherwise. */
export function provide(bytes) {
  source ??= bytes;
}

/**
 * Calls `ready(Core)` when the module is there. Tries again until then: `failed(error, retryAt)` tells of
 * each failure, `retrying()` that the moment has come.
 */
export async function whenLoaded({ ready, failed, retrying, isWanted }) {
  for (let longestMs = FIRST_RETRY_MS; isWanted(); ) {
    try {
      await load();
    } catch (error) {
      const delayMs = longestMs * (0.5 + Math.random() / 2);
      longestMs = Math.min(longestMs * 2, LAST_RETRY_MS);
      failed(error, Date.now() + delayMs);
      // The engine keeps all other time; without it only the browser's own timer is left.
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (isWanted()) retrying();
      continue;
    }
    if (isWanted()) ready(Core);
    return;
  }
}

/** A running instance of the module, and the clients that live on it. */
class Instance {
  #clients = new Set();
  #isBroken = false;

  /** `client.trapped(error)` is called if the instance breaks before `leave`. */
  settle(client) {
    this.#clients.add(client);
  }

  leave(client) {
    this.#clients.delete(client);
  }

  /** Every way into wasm: what is thrown there has broken the instance, and whoever lives on it ends. */
  enter(entry, argument) {
    if (this.#isBroken) return undefined;
    try {
      return entry(argument);
    } catch (error) {
      if (!this.#isBroken) this.#break(error);
      return undefined;
    }
  }

  /** As it is, until the instance breaks: then it never comes to its end. */
  fence(promise) {
    return new Promise((resolve, reject) => {
      const unlessBroken = (settle) => (value) => {
        if (!this.#isBroken) settle(value);
      };
      promise.then(unlessBroken(resolve), unlessBroken(reject));
    });
  }

  #break(error) {
    this.#isBroken = true;
    running = new Instance();
    for (const client of this.#clients) client.trapped(error);
    Core.abandon();
    // At once, though not below what may still run on the broken one: else the next to call in would be
    // whoever comes first, and a finaliser of the old would not know that it has no memory to free.
    queueMicrotask(() => Core.renew());
  }
}

let running = new Instance();

/** The instance that a new client lives on. */
export const instance = () => running;

function load() {
  loading ??= instantiate().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function instantiate() {
  try {
    const module = await (source ? source() : fetchOwn());
    await start({ module_or_path: await withBytes(module) });
  } catch (error) {
    if (error instanceof TalkwireError) throw error;
    throw isBlocked(error) ? blocked(error) : failed(error);
  }
}

async function fetchOwn() {
  const bytes = await fetchBytes(new URL('../../pkg/talkwire_bg.wasm', import.meta.url)).catch(
    () => undefined,
  );
  // Some development servers answer with a page, and some bundlers leave the file behind.
  return bytes ?? (await import('../../pkg/inline.js')).bytes();
}

async function withBytes(module) {
  if (typeof module === 'string' || module instanceof URL) {
    const bytes = await fetchBytes(module);
    if (!bytes) throw failed(`${new URL(module, location.href).pathname} is not WebAssembly`);
    return bytes;
  }
  return module;
}

async function fetchBytes(url) {
  const response = await fetch(url);
  const bytes = await response.arrayBuffer();
  const isWasm = bytes.byteLength > 8 && new DataView(bytes).getUint32(0, true) === MAGIC;
  return isWasm ? bytes : undefined;
}

const isBlocked = (error) => /Content.?Security.?Policy|unsafe-eval|blocked by CSP/i.test(error);

const blocked = (cause) =>
  new TalkwireError(
    'wasm-blocked',
    "The page's Content-Security-Policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src.",
    true,
    { cause },
  );

const failed = (cause) =>
  new TalkwireError(
    'wasm-load-failed',
    `talkwire's WebAssembly module could not be loaded; it is tried again. (${cause?.message ?? cause})`,
    true,
    { cause },
  );
