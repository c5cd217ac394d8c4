import type { Readable } from 'svelte/store';
import type {
  AgentStatus,
  Client,
  Connection,
  ConversationInfo,
  ConversationSnapshot,
  DefaultEvents,
  Delivery,
  EventMap,
  EventOf,
  FrameOf,
  StoredMessage,
} from './index.js';
import type { ConversationActions, Provided, SharedOptions } from './view.js';

export type { ConversationActions, Provided, SharedOptions };

/** Something, or a function that reads it out of state; then it is followed. */
export type MaybeGetter<T> = T | (() => T);

/** A value: `.current` where runes are read, and a store (`$value`) everywhere. */
export interface Current<T> extends Readable<T> {
  readonly current: T;
}

/** What {@link useWebSocket} returns: parts of it can be read as they are, or of the store. */
export interface WebSocketState<E extends EventMap = DefaultEvents>
  extends Readable<Readonly<{ isConnected: boolean; client: Client<E> | null }>> {
  /** Sends a frame as it is. Subscriptions made with it end with the component. */
  send: (frame: FrameOf<E>) => Delivery;
  /** Whether messages arrive: over the socket, or by polling. */
  readonly isConnected: boolean;
  /** The client behind it, shared by all who use the same address; null without one. */
  readonly client: Client<E> | null;
}

/**
 * A connection for as long as the component is there. Calls with the same address (its query aside)
 * and the same plain options share one. A changed query is used with the next attempt.
 * @param url Where to connect to; null: nowhere.
 * @param onMessage Gets every event, as `client.on('*')` does.
 * @example
 * const socket = useWebSocket('/ws', (event) => console.log(event.type, event.data));
 */
export function useWebSocket<E extends EventMap = DefaultEvents>(
  url: MaybeGetter<string | URL | null>,
  onMessage?: (event: NoInfer<EventOf<E, '*'>>) => void,
  options?: SharedOptions,
): WebSocketState<E>;

/**
 * Gives a client to all below this component. Returns it.
 * @example
 * provideClient({ url: '/ws' });
 */
export function provideClient<E extends EventMap = DefaultEvents>(given: Provided<E>): Client<E>;

/** The client that a component above provides. Throws without one. */
export function useClient<E extends EventMap = DefaultEvents>(): Client<E>;

/** A conversation as it stands, its parts readable as they are, and what can be done in it. */
export type ConversationState = ConversationSnapshot &
  ConversationActions &
  Current<ConversationSnapshot>;

/**
 * A conversation of the provided client, joined while something of it is shown.
 * @param id Which; null: none, which has no messages and where nothing can be sent.
 * @example
 * const chat = useConversation(() => id);
 */
export function useConversation(
  id: MaybeGetter<string | null>,
  options?: {
    /** What a server rendered: shown at once, and taken over by the conversation when it is joined. */
    initialMessages?: MaybeGetter<readonly StoredMessage[] | undefined>;
  },
): ConversationState;

/** The list of conversations; kept up to date while something shows it. */
export function useConversations(): Current<readonly ConversationInfo[]>;

/** The agents by their ids. */
export function useAgents(): Current<ReadonlyMap<string, AgentStatus>>;

/**
 * How the connection stands.
 * @param client Whose. Default: the provided one's; null: nobody's.
 */
export function useConnection(
  client?: MaybeGetter<Pick<Client, 'connection'> | null>,
): Current<Connection>;
