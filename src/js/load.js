// Brings the WebAssembly module in, once, when it is first needed; never on a server.
import start, { Core } from '../../pkg/talkwire.js';
import { TalkwireError } from './error.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
const MAGIC = 0x6d736100; // "\0asm", as a number

let source;
let loading;
/** The clients that live on the running instance. */
const residents = new Set();

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

/** Calls `ready(Core)` when the module is there; tries again until then, telling `failed` of each failure. */
export async function whenLoaded(ready, failed, isWanted) {
  for (let delayMs = FIRST_RETRY_MS; isWanted(); delayMs = Math.min(delayMs * 2, LAST_RETRY_MS)) {
    try {
      await load();
    } catch (error) {
      failed(error);
      // The engine keeps all other time; without it only the browser's own timer is left.
      await new Promise((resolve) => setTimeout(resolve, delayMs * (0.5 + Math.random() / 2)));
      continue;
    }
    if (isWanted()) ready(Core);
    return;
  }
}

/** Notes that `client` lives on this instance: `trapped(error)` is called if the instance breaks. */
export function reside(client) {
  residents.add(client);
  return () => residents.delete(client);
}

/** Every way into wasm: what is thrown there has broken the instance, and whoever lives on it ends. */
export function enter(entry) {
  try {
    return entry();
  } catch (error) {
    const broken = [...residents];
    residents.clear();
    Core.abandon();
    for (const client of broken) client.trapped(error);
  }
}

function load() {
  loading ??= instantiate().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function instantiate() {
  const module = await (source ? source() : fetchOwn());
  try {
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
