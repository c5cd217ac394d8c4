// A page that joins very many conversations.
import { bytesHeld } from './memory.js';
import { until } from './until.js';

const FIRST = 'conversation:0';

/** Gives the page `begin`, `joinAll`, `hearing` and `bytesHeld`. */
export function scale(open) {
  const heard = new Map();
  const handlers = new Map();
  let ids = [];
  let join;

  globalThis.bytesHeld = bytesHeld;

  /** Joins one, so that all is there that does not depend on their number. What the application needs is made now. */
  globalThis.begin = async (url, count) => {
    ids = Array.from({ length: count }, (_, index) => `conversation:${index}`);
    for (const id of ids)
      handlers.set(id, id === ids.at(-1) ? () => hear('last') : () => hear('first'));
    join = open({ url, conversationIds: [FIRST], handlers });
  };

  globalThis.joinAll = () => {
    for (const id of ids) if (id !== FIRST) join(id);
  };

  /** Resolves when so many messages were heard in the first or the last of them. */
  globalThis.hearing = (where, count) =>
    until(`message ${count} in the ${where}`, () => heard.get(where) >= count);

  function hear(where) {
    heard.set(where, (heard.get(where) ?? 0) + 1);
  }
}
