// Svelte: values that are read as runes are (`chat.messages`) and subscribed to as stores are (`$chat.messages`).
import { getContext, onDestroy, setContext } from 'svelte';
import { createSubscriber } from 'svelte/reactivity';
import { fromStore, toStore, writable } from 'svelte/store';
import { Line } from './line.js';
import { provide } from './share.js';
import { access, actionsOf, connectionOf, FIELDS, provided, viewOf } from './view.js';

const CLIENT = Symbol('talkwire');

/** Gives a client to all below; see svelte.d.ts. */
export function provideClient(given) {
  const { client, release } = provide(given);
  onDestroy(release);
  return setContext(CLIENT, client);
}

export const useClient = () => provided(getContext(CLIENT));

export function useConversation(id, { initialMessages } = {}) {
  const client = useClient();
  const view = latest(id, (id) => viewOf(client, id, access(initialMessages)));
  const chat = readable(view);
  for (const name of FIELDS)
    Object.defineProperty(chat, name, { get: () => chat.current[name], enumerable: true });
  return Object.assign(
    chat,
    actionsOf(() => view().target),
  );
}

export function useConversations() {
  const { conversations } = useClient();
  return readable(() => conversations);
}

export function useAgents() {
  const { agents } = useClient();
  return readable(() => agents);
}

export function useConnection(client = useClient()) {
  return readable(() => connectionOf(access(client)));
}

export function useWebSocket(url, onMessage, options) {
  const line = new Line();
  const shared = writable(null);
  const stop = toStore(() => access(url)).subscribe((url) => {
    shared.set(line.follow(url, onMessage, options));
  });
  onDestroy(() => {
    stop();
    line.follow(null);
  });
  const client = fromStore(shared);
  const connection = readable(() => connectionOf(client.current));
  const now = () => ({ isConnected: connection.current.isConnected, client: client.current });
  return {
    send: line.send,
    get isConnected() {
      return now().isConnected;
    },
    get client() {
      return now().client;
    },
    subscribe: subscribing(now),
  };
}

/** The value of the store that `source()` gives. */
function readable(source) {
  let store;
  let track;
  const look = () => {
    const next = source();
    if (next !== store) track = createSubscriber(next.subscribe);
    store = next;
    track();
    return store.getSnapshot();
  };
  return {
    get current() {
      return look();
    },
    subscribe: subscribing(look),
  };
}

/** The `subscribe` of Svelte's stores, of what `look()` gives. */
const subscribing = (look) => (run, invalidate) => toStore(look).subscribe(run, invalidate);

/** What `make` gives for the value of now, made anew when that has changed. */
function latest(given, make) {
  let last;
  let made;
  return () => {
    const value = access(given);
    if (made === undefined || value !== last) made = make(value);
    last = value;
    return made;
  };
}
