// talkwire: the real-time client that chat pages deserve.
import { create } from './client.js';
import { init as load, provide } from './load.js';
import { checkOptions } from './options.js';

export { TalkwireError } from './error.js';

const parts = {
  engine: () => import('./engine.js'),
  wasm: () => fetch(new URL('../../pkg/talkwire_bg.wasm', import.meta.url)),
  polling: () => import('./long-polling.js'),
  // Some bundlers leave the file behind.
  spare: () => import('../../pkg/inline.js'),
};

export function init(wasm) {
  provide(parts);
  return load(wasm);
}

export function createClient(options) {
  provide(parts);
  return create(checkOptions(options));
}
