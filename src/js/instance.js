// The running WebAssembly module, and who lives on it.
import instantiate, { Core, renew } from '../../pkg/talkwire.js';

export { Core };

const MAGIC = 0x6d736100; // "\0asm", as a number
const BLOCKED =
  "The page's Content-Security-Policy blocks WebAssembly: add 'wasm-unsafe-eval' to script-src.";

/**
 * Instantiates the module: `coming` is a promise of its bytes, its response or itself. `spare()`, if there is one,
 * gives its bytes where nothing such comes; `fail(code, message, cause)` makes an error.
 */
export async function start(coming, spare, fail) {
  const module = await coming.then(moduleOf).catch(async (error) => {
    if (!spare) throw error;
    return (await spare()).bytes();
  });
  try {
    await instantiate(module);
  } catch (error) {
    throw isBlocked(error) ? fail('wasm-blocked', BLOCKED, error) : error;
  }
}

async function moduleOf(wasm) {
  if (!wasm.arrayBuffer) return wasm;
  const bytes = await wasm.arrayBuffer();
  // Some development servers answer with a page.
  if (bytes.byteLength > 8 && new DataView(bytes).getUint32(0, true) === MAGIC) return bytes;
  throw new TypeError(`${wasm.url.split('?', 1)[0]} is not WebAssembly`);
}

/** A running instance of the module, and the engines that live on it. */
class Instance {
  #engines = new Set();
  #isBroken = false;

  /** `engine.trapped(error)` is called if the instance breaks before `leave`. */
  settle(engine) {
    this.#engines.add(engine);
  }

  leave(engine) {
    this.#engines.delete(engine);
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

  #break(error) {
    this.#isBroken = true;
    running = new Instance();
    for (const engine of this.#engines) engine.trapped(error);
    renew();
  }
}

let running = new Instance();

/** The instance that a new client lives on. */
export const instance = () => running;

const isBlocked = (error) => /Content.?Security.?Policy|unsafe-eval|blocked by CSP/i.test(error);
