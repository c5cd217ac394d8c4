// A page that hears a real socket.
import { counted } from './frames.js';

/** Gives the page `begin`, `hearing` and `frames`. */
export function socket(open) {
  const delaysMs = [];
  let heard = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let reached;

  /** Joins one conversation; `known` is the message after which to go on, or null; `timed`: delays are noted. */
  globalThis.begin = (url, conversationId, { known = null, timed = false } = {}) => {
    open({
      url,
      conversationIds: [conversationId],
      handlers: new Map([[conversationId, timed ? note : hear]]),
      known: new Map(known ? [[conversationId, known]] : []),
    });
  };

  /** Resolves when so many messages were heard, with the frames there have been and the delay of each message. */
  globalThis.hearing = async (count) => {
    if (heard < count) {
      awaited = count;
      await new Promise((resolve) => {
        reached = resolve;
      });
    }
    return { heard, frames: counted.frames, delaysMs };
  };

  function hear({ content }) {
    if (content.length > 0) heard += 1;
    if (heard === awaited) reached();
  }

  function note(data) {
    delaysMs.push(performance.timeOrigin + performance.now() - Number.parseFloat(data.content));
    hear(data);
  }
}
