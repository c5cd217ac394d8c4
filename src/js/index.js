// talkwire: the real-time client that chat pages deserve.
import { create } from './client.js';
import { checkOptions } from './options.js';

export { TalkwireError } from './error.js';
export { init } from './load.js';

export function createClient(options) {
  return create(checkOptions(options));
}
