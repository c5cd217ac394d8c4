// One conversation as applications see it. Its order is the engine's: this only applies edits.
import { Store } from './store.js';

const NOTHING = Object.freeze([]);
const EMPTY = Object.freeze({
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
  /** The engine keeps the order of its messages. */
  isShown = false;
  #client;
  #messages = [];
  #state = EMPTY;
  #isStale = false;
  #areMessagesStale = false;

  constructor(notifier, client, id) {
    super(notifier, EMPTY);
    this.#client = client;
    this.id = id;
  }

  onFirst() {
    this.#client.join(this);
  }

  onLast() {
    this.#client.leave(this);
  }

  getSnapshot() {
    if (this.#isStale) {
      // The engine may keep fewer messages than the lane has appended.
      if (this.#areMessagesStale) this.#client.flush();
      const messages = this.#areMessagesStale
        ? Object.freeze([...this.#messages])
        : this.#state.messages;
      this.#state = Object.freeze({ ...this.#state, messages });
      this.#isStale = this.#areMessagesStale = false;
    }
    return this.#state;
  }

  send(content) {
    return this.#client.sendMessage(this, content);
  }

  retry(clientId) {
    return this.#client.retry(this, clientId);
  }

  discard(clientId) {
    this.#client.call(this, (core, slot) => core.discard(slot, clientId));
  }

  setTyping(isTyping) {
    // Typing is never queued.
    if (!this.#client.core) return;
    this.#client.call(this, (core, slot) => core.setTyping(slot, Boolean(isTyping)));
  }

  markRead() {
    this.#client.call(this, (core, slot) => core.markRead(slot));
  }

  loadBefore(limit = 50) {
    return this.#client.loadBefore(this, limit);
  }

  hydrate(messages) {
    const copy = [...messages];
    this.#client.call(this, (core, slot) => core.hydrate(slot, copy));
  }

  append(message) {
    this.#messages.push(Object.freeze(message));
    this.#touch(true);
  }

  place(index, replaces, message) {
    this.#messages.splice(index, replaces ? 1 : 0, Object.freeze(message));
    this.#touch(true);
  }

  setState(index, state) {
    this.#messages[index] = Object.freeze({ ...this.#messages[index], state });
    this.#touch(true);
  }

  remove(index, count) {
    // What is full loses its oldest with each that comes; only this does not move all the others.
    if (index === 0 && count === 1) this.#messages.shift();
    else this.#messages.splice(index, count);
    this.#touch(true);
  }

  assign(changes) {
    this.#state = { ...this.#state, ...changes };
    this.#touch(false);
  }

  #touch(areMessages) {
    this.#isStale = true;
    this.#areMessagesStale ||= areMessages;
    this.changed();
  }
}
