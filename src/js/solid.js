// Solid: accessors of what the stores of a client hold.
import {
  createComponent,
  createComputed,
  createContext,
  createMemo,
  createSignal,
  onCleanup,
  onMount,
  sharedConfig,
  useContext,
} from 'solid-js';
import { Line } from './line.js';
import { isServer, provide } from './share.js';
import { access, actionsOf, connectionOf, FIELDS, provided, viewOf } from './view.js';

const ClientContext = createContext(null);

/** Gives a client to all below; see solid.d.ts. */
export function TalkwireProvider(props) {
  const { client, release } = provide(props);
  onCleanup(release);
  return createComponent(ClientContext.Provider, {
    value: client,
    get children() {
      return props.children;
    },
  });
}

export const useClient = () => provided(useContext(ClientContext));

export function useConversation(id, { initialMessages } = {}) {
  const client = useClient();
  const view = createMemo(() => viewOf(client, access(id), access(initialMessages)));
  const snapshot = useStore(view);
  const accessors = FIELDS.map((name) => [name, createMemo(() => snapshot()[name])]);
  return { ...Object.fromEntries(accessors), ...actionsOf(() => view().target) };
}

export function useConversations() {
  const { conversations } = useClient();
  return useStore(() => conversations);
}

export function useAgents() {
  const { agents } = useClient();
  return useStore(() => agents);
}

export function useConnection(client = useClient()) {
  return useStore(() => connectionOf(access(client)));
}

export function useWebSocket(url, onMessage, options) {
  const line = new Line();
  const [client, setClient] = createSignal(null);
  createComputed(() => setClient(line.follow(access(url), onMessage, access(options))));
  onCleanup(() => line.follow(null));
  const connection = useConnection(client);
  return { send: line.send, isConnected: createMemo(() => connection().isConnected), client };
}

/** The value of the store that `source()` gives. */
function useStore(source) {
  if (isServer()) return () => source().getServerSnapshot();
  // What a server rendered is taken over as it was rendered.
  const isHydrating = Boolean(sharedConfig.context);
  const [value, setValue] = createSignal(source().getServerSnapshot());
  const read = () => setValue(() => source().getSnapshot());
  createComputed((before) => {
    const store = source();
    if (before || !isHydrating) read();
    onCleanup(store.subscribe(read));
    return store;
  });
  if (isHydrating) onMount(read);
  return value;
}
