// What components show of a client: stores that are there without a client, a conversation with what a server rendered.
import { IDLE, inside } from './client.js';
import { EMPTY } from './conversation.js';
import { notSent } from './line.js';
import { rendered, shown } from './message.js';

const neverChanges = () => () => {};
const constant = (value) => {
  const look = () => value;
  return { subscribe: neverChanges, getSnapshot: look, getServerSnapshot: look };
};
const doNothing = () => {};
const NO_CONNECTION = constant(IDLE);
const NO_CONVERSATION = {
  ...constant(EMPTY),
  target: {
    send: notSent,
    retry: notSent,
    discard: doNothing,
    setTyping: doNothing,
    markRead: doNothing,
    loadBefore: async () => {},
  },
};

/** What is known of a conversation, by name. */
export const FIELDS = Object.keys(EMPTY);

/** The client that a provider gave, or an error that says what is missing. */
export function provided(client) {
  if (client) return client;
  throw new Error('There is no talkwire client here: a provider has to stand above.');
}

/** Something, or what a function that was given in its place gives now. */
export const access = (given) => (typeof given === 'function' ? given() : given);

/** How a client is connected; without one, not at all. */
export const connectionOf = (client) => client?.connection ?? NO_CONNECTION;

/** What can be done in the conversation that `target()` gives, as functions that need no object. */
export const actionsOf = (target) => ({
  send: (content) => target().send(content),
  retry: (clientId) => target().retry(clientId),
  discard: (clientId) => target().discard(clientId),
  setTyping: (isTyping) => target().setTyping(isTyping),
  markRead: () => target().markRead(),
  loadBefore: (limit) => target().loadBefore(limit),
});

/** A conversation as a store, with the `target` of what is done in it; without an id, of nothing. */
export function viewOf(client, id, initialMessages) {
  return id == null ? NO_CONVERSATION : new View(client, client.conversation(id), initialMessages);
}

/** Shows what a server rendered until the conversation has messages of its own, which are those and what came since. */
class View {
  target;
  #initial;
  #shown;
  #wasHydrated = false;
  #of;
  #snapshot;

  constructor(client, conversation, initialMessages = []) {
    const { messageId = 'id' } = inside(client).options;
    const show = (data) => {
      const message = Object.freeze(shown(messageId, conversation.id, data, 'received'));
      rendered.set(Object(data), message);
      return message;
    };
    this.target = conversation;
    this.#initial = initialMessages;
    this.#shown = Object.freeze(initialMessages.map(show));
  }

  subscribe = (onChange) => {
    if (this.#initial.length > 0 && !this.#wasHydrated) this.target.hydrate(this.#initial);
    this.#wasHydrated = true;
    return this.target.subscribe(onChange);
  };

  getSnapshot = () => this.#with(this.target.getSnapshot());

  getServerSnapshot = () => this.#with(this.target.getServerSnapshot());

  #with(snapshot) {
    if (snapshot.messages.length > 0 || this.#shown.length === 0) return snapshot;
    if (snapshot !== this.#of) {
      this.#of = snapshot;
      this.#snapshot = Object.freeze({ ...snapshot, messages: this.#shown });
    }
    return this.#snapshot;
  }
}
