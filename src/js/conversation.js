// One conversation as applications hold it. What is shown in it is the engine's to say (thread.js).
import { Store } from './store.js';

const NOTHING = Object.freeze([]);
/** A conversation of which nothing is known. */
export const EMPTY = Object.freeze({
  messages: NOTHING,
  typing: NOTHING,
  presence: NOTHING,
  info: null,
  status: 'idle',
  hasGap: false,
  error: null,
});

/** A conversation's store, with what can be done in it. */
export class Conversation extends Store {
  #client;

  constructor(client, id) {
    super(client.notifier, EMPTY);
    this.#client = client;
    this.id = id;
  }

  watched(isWatched) {
    if (isWatched) this.#client.autoConnect();
    this.#client.do((engine) => engine.watch(this, isWatched));
  }

  send(content) {
    return this.#client.sendMessage(this, content);
  }

  retry(clientId) {
    return this.#client.retry(this, clientId);
  }

  discard(clientId) {
    this.#client.do((engine) => engine.discard(this, clientId));
  }

  setTyping(isTyping) {
    // Typing is never queued.
    if (!this.#client.engine) return;
    this.#client.do((engine) => engine.setTyping(this, isTyping));
  }

  markRead() {
    this.#client.do((engine) => engine.markRead(this));
  }

  loadBefore(limit = 50) {
    return this.#client.loadBefore(this, limit);
  }

  hydrate(messages) {
    const copy = [...messages];
    this.#client.do((engine) => engine.hydrate(this, copy));
  }
}
