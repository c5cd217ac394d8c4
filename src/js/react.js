'use client';
// React hooks: thin adapters over the stores of a client.
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useInsertionEffect,
  useMemo,
  useReducer,
  useState,
  useSyncExternalStore,
} from 'react';
import { Line } from './line.js';
import { share } from './share.js';
import { actionsOf, connectionOf, provided, viewOf } from './view.js';

const ClientContext = createContext(null);

/** Gives a client to all below; see react.d.ts. */
export function TalkwireProvider({ client, url, options, children }) {
  const shared = client ? null : share(url, options);
  useInsertionEffect(() => shared?.update(url, options));
  useShared(shared, acquire);
  return createElement(ClientContext.Provider, { value: client ?? shared.client }, children);
}

export const useClient = () => provided(useContext(ClientContext));

export function useConversation(id, { initialMessages } = {}) {
  const client = useClient();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a server rendered is taken over once
  const view = useMemo(() => viewOf(client, id, initialMessages), [client, id]);
  const snapshot = useStore(view);
  const actions = useMemo(() => actionsOf(() => view.target), [view]);
  return useMemo(() => ({ ...snapshot, ...actions }), [snapshot, actions]);
}

export const useConversations = () => useStore(useClient().conversations);

export const useAgents = () => useStore(useClient().agents);

export function useConnection(client) {
  const near = useContext(ClientContext);
  return useStore(connectionOf(client === undefined ? provided(near) : client));
}

/** A connection for as long as the component is there; see react.d.ts. */
export function useWebSocket(url, onMessage, options) {
  const shared = url == null ? null : share(url, options);
  const client = shared?.client ?? null;
  const [line] = useState(() => new Line());
  useInsertionEffect(() => line.update(shared, url, onMessage, options));
  useShared(shared, line.open);

  const connection = connectionOf(client);
  const isConnected = useSyncExternalStore(
    connection.subscribe,
    () => connection.getSnapshot().isConnected,
    () => false,
  );
  return { send: line.send, isConnected, client };
}

const acquire = (shared) => shared.acquire();

/** Has `open(shared)` until the component goes. */
function useShared(shared, open) {
  const [, renderAgain] = useReducer((count) => count + 1, 0);
  useEffect(() => {
    if (shared && !shared.isOver) return open(shared);
    // The client may have ended while the component was hidden.
    if (shared) renderAgain();
    return undefined;
  }, [shared, open]);
}

const useStore = ({ subscribe, getSnapshot, getServerSnapshot }) =>
  useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot);
