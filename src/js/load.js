// Brings in what runs the clients, once, when it is first needed; never on a server.
import { TalkwireError } from './error.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

let parts;
let loading;

/** Whether there is a browser to run in: a page or a worker with sockets. */
export const canRun = () =>
  Boolean(globalThis.WebSocket && (globalThis.document || globalThis.WorkerGlobalScope));

/** Loads everything now instead of with the first use; the module from `wasm`, if given. */
export async function init(wasm) {
  const isAddress = typeof wasm === 'string' || wasm instanceof URL;
  if (wasm !== undefined)
    parts = { ...parts, wasm: () => (isAddress ? fetch(wasm) : wasm), spare: null };
  await load();
}

/**
 * Where the parts come from, unless somebody said otherwise: `engine()` gives engine.js, `wasm()` the module,
 * `polling()` long-polling.js, and `spare()` pkg/inline.js, for where that is not the module.
 */
export function provide(own) {
  parts ??= own;
}

/** Resolves to engine.js, with the module running; can be tried again if it fails. */
export function load() {
  loading ??= start().catch((cause) => {
    loading = undefined;
    if (cause instanceof TalkwireError) throw cause;
    const problem = `talkwire could not be loaded; it is tried again. (${cause?.message ?? cause})`;
    throw fail('wasm-load-failed', problem, cause);
  });
  return loading;
}

/** Resolves to long-polling.js. */
export const longPolling = () => parts.polling();

/** How long after its failure number `attempt` it is tried again. */
export const retryDelayMs = (attempt) =>
  Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LAST_RETRY_MS) * (0.5 + Math.random() / 2);

async function start() {
  const { engine, wasm, spare } = parts;
  // Both at once; what came of this one is looked at when there is the other.
  const coming = Promise.resolve().then(wasm);
  coming.catch(() => {});
  const loaded = await engine();
  await loaded.start(coming, spare, fail);
  return loaded;
}

const fail = (code, message, cause) => new TalkwireError(code, message, true, { cause });
