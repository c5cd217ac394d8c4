import type { PropsWithChildren, ReactElement } from 'react';
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
} from './index.js';
import type { ConversationActions, ConversationOptions, Provided, SharedOptions } from './view.js';

export type { ConversationActions, ConversationOptions, Provided, SharedOptions };

/** What {@link useWebSocket} returns. */
export interface WebSocketHook<E extends EventMap = DefaultEvents> {
  /**
   * Sends a frame as it is; the same function on every render. Subscriptions made with it end with
   * the component, and are made again after a reconnect.
   */
  send: (frame: FrameOf<E>) => Delivery;
  /** Whether messages arrive: over the socket, or by polling. */
  isConnected: boolean;
  /** The client behind it, shared by all who use the same address; null without one. */
  client: Client<E> | null;
}

/**
 * A connection for as long as the component is there. Calls with the same address (its query aside)
 * and the same plain options share one. A changed query is used with the next attempt. Messages cause
 * no render.
 * @param url Where to connect to; null: nowhere.
 * @param onMessage Gets every event, as `client.on('*')` does. The latest one given is called.
 * @param options See {@link ClientOptions}. The latest functions given are called.
 * @example
 * const { send, isConnected } = useWebSocket('/ws', (event) => console.log(event.type, event.data));
 */
export function useWebSocket<E extends EventMap = DefaultEvents>(
  url: string | URL | null,
  onMessage?: (event: NoInfer<EventOf<E, '*'>>) => void,
  options?: SharedOptions,
): WebSocketHook<E>;

/**
 * Gives a client to all below. With `url` it can stand in a server's layout, and shares the client with all that have
 * the same address (its query aside) and the same plain options; a changed query is used with the next attempt, and
 * the latest functions given in `options` are called.
 * @example
 * <TalkwireProvider url="/ws"><Chat /></TalkwireProvider>
 */
export function TalkwireProvider<E extends EventMap = DefaultEvents>(
  props: PropsWithChildren<Provided<E>>,
): ReactElement;

/** The client of the provider above. Throws without one. */
export function useClient<E extends EventMap = DefaultEvents>(): Client<E>;

/** A conversation as it stands, and what can be done in it. */
export type ConversationHook = ConversationSnapshot & ConversationActions;

/**
 * A conversation of the provider's client, joined for as long as the component is there.
 * @param id Which; null: none, which has no messages and where nothing can be sent.
 * @example
 * const { messages, send } = useConversation('conv_123');
 */
export function useConversation(id: string | null, options?: ConversationOptions): ConversationHook;

/** The list of conversations; kept up to date while a component shows it. */
export function useConversations(): readonly ConversationInfo[];

/** The agents by their ids. */
export function useAgents(): ReadonlyMap<string, AgentStatus>;

/**
 * How the connection stands. Renders at each change of it; {@link useWebSocket} tells only whether there is one.
 * @param client Whose. Default: the provider's; null: nobody's.
 */
export function useConnection(client?: Pick<Client, 'connection'> | null): Connection;
