// The conversations of one client, by id and by the engine's number for them.
import { Conversation } from './conversation.js';

/** All that applications have asked for; the same object for the same id. */
export class Conversations {
  #notifier;
  #engine;
  #byId = new Map();
  #bySlot = [];
  #slots = new WeakMap();

  constructor(notifier, engine) {
    this.#notifier = notifier;
    this.#engine = engine;
  }

  get(id) {
    const key = String(id);
    let conversation = this.#byId.get(key);
    if (!conversation) {
      conversation = new Conversation(this.#notifier, this.#engine, key);
      this.#byId.set(key, conversation);
      const info = this.#engine.list.get(key);
      if (info) conversation.assign({ info });
    }
    return conversation;
  }

  find(id) {
    return this.#byId.get(id);
  }

  bySlot(slot) {
    return this.#bySlot[slot];
  }

  slotOf(conversation, core) {
    let slot = this.#slots.get(conversation);
    if (slot === undefined) {
      slot = core.open(conversation.id);
      this.#slots.set(conversation, slot);
      this.#bySlot[slot] = conversation;
    }
    return slot;
  }

  forget(slot) {
    const conversation = this.#bySlot[slot];
    if (conversation) this.#slots.delete(conversation);
    this.#bySlot[slot] = undefined;
  }
}
