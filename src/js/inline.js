// The same exports with everything inside: no second file to serve.
import './globals.js';
import { bytes } from '../../pkg/inline.js';
import { create } from './client.js';
import * as engine from './engine.js';
import { init as load, provide } from './load.js';
import * as longPolling from './long-polling.js';
import { checkOptions } from './options.js';

export { TalkwireError } from './error.js';

const parts = { engine: () => engine, wasm: bytes, polling: () => longPolling };

export function init(wasm) {
  provide(parts);
  return load(wasm);
}

export function createClient(options) {
  provide(parts);
  return create(checkOptions(options));
}
