// What is shown in a conversation. Its order is the engine's: this only applies edits.

/** Edits a conversation's snapshot. */
export class Thread {
  #engine;
  #conversation;
  #messages = [];
  #state;
  #areMessagesStale = false;
  #make;

  constructor(engine, conversation) {
    this.#engine = engine;
    this.#conversation = conversation;
    this.#state = conversation.getServerSnapshot();
  }

  get id() {
    return this.#conversation.id;
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
    this.#areMessagesStale ||= areMessages;
    this.#make ??= () => this.#snapshot();
    this.#conversation.set(this.#make);
  }

  #snapshot() {
    if (this.#areMessagesStale) {
      // The engine may keep fewer messages than the lane has appended.
      this.#engine.flush();
      this.#state = { ...this.#state, messages: Object.freeze([...this.#messages]) };
      this.#areMessagesStale = false;
    }
    return Object.freeze(this.#state);
  }
}
