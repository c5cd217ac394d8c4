import type { Accessor, JSX, ParentProps } from 'solid-js';
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

/** Something, or an accessor of it, which is followed. */
export type MaybeAccessor<T> = T | Accessor<T>;

/** What {@link useWebSocket} returns. */
export interface WebSocketSignals<E extends EventMap = DefaultEvents> {
  /** Sends a frame as it is. Subscriptions made with it end with the component. */
  send: (frame: FrameOf<E>) => Delivery;
  /** Whether messages arrive: over the socket, or by polling. */
  isConnected: Accessor<boolean>;
  /** The client behind it, shared by all who use the same address; null without one. */
  client: Accessor<Client<E> | null>;
}

/**
 * A connection for as long as the component is there. Calls with the same address (its query aside)
 * and the same plain options share one. A changed query is used with the next attempt.
 * @param url Where to connect to; null: nowhere.
 * @param onMessage Gets every event, as `client.on('*')` does.
 * @example
 * const { send, isConnected } = useWebSocket('/ws', (event) => console.log(event.type, event.data));
 */
export function useWebSocket<E extends EventMap = DefaultEvents>(
  url: MaybeAccessor<string | URL | null>,
  onMessage?: (event: NoInfer<EventOf<E, '*'>>) => void,
  options?: MaybeAccessor<SharedOptions | undefined>,
): WebSocketSignals<E>;

/**
 * Gives a client to all below.
 * @example
 * <TalkwireProvider url="/ws"><Chat /></TalkwireProvider>
 */
export function TalkwireProvider<E extends EventMap = DefaultEvents>(
  props: ParentProps<Provided<E>>,
): JSX.Element;

/** The client of the provider above. Throws without one. */
export function useClient<E extends EventMap = DefaultEvents>(): Client<E>;

/** A conversation as it stands, an accessor for each part of it, and what can be done in it. */
export type ConversationSignals = {
  readonly [Name in keyof ConversationSnapshot]: Accessor<ConversationSnapshot[Name]>;
} & ConversationActions;

/**
 * A conversation of the provider's client, joined for as long as the component is there.
 * @param id Which; null: none, which has no messages and where nothing can be sent.
 * @example
 * const { messages, send } = useConversation(() => props.id);
 */
export function useConversation(
  id: MaybeAccessor<string | null>,
  options?: {
    /** What a server rendered: shown at once, and taken over by the conversation when it is joined. */
    initialMessages?: MaybeAccessor<readonly StoredMessage[] | undefined>;
  },
): ConversationSignals;

/** The list of conversations; kept up to date while a component shows it. */
export function useConversations(): Accessor<readonly ConversationInfo[]>;

/** The agents by their ids. */
export function useAgents(): Accessor<ReadonlyMap<string, AgentStatus>>;

/**
 * How the connection stands.
 * @param client Whose. Default: the provider's; null: nobody's.
 */
export function useConnection(
  client?: MaybeAccessor<Pick<Client, 'connection'> | null>,
): Accessor<Connection>;
