// The same exports with the module's bytes inside: no second file to serve.
import { bytes } from '../../pkg/inline.js';
import { createClient as create, init as load } from './index.js';
import { provide } from './load.js';

export { TalkwireError } from './error.js';

export function init(wasm) {
  provide(bytes);
  return load(wasm);
}

export function createClient(options) {
  provide(bytes);
  return create(options);
}
