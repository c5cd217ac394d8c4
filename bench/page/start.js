// A page that joins a conversation as soon as it can.
import { times } from './started.js';

/** Gives the page `started`, which resolves when the first message was heard. */
export function start(open) {
  const url = new URLSearchParams(location.search).get('server');
  globalThis.started = new Promise((resolve) => {
    const heard = () => {
      times.heardMs ??= performance.now();
      resolve(times);
    };
    open({ url, conversationIds: ['c1'], handlers: new Map([['c1', heard]]) });
  });
}
