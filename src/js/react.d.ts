import type { Client, ClientOptions, DefaultEvents, Delivery, EventMap, EventOf } from './index.js';

/** What {@link useWebSocket} returns. */
export interface WebSocketHook<E extends EventMap = DefaultEvents> {
  /**
   * Sends a frame as it is; the same function on every render. Subscriptions made with it end with
   * the component, and are made again after a reconnect.
   */
  send: (frame: object) => Delivery;
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
  options?: Omit<ClientOptions, 'url'>,
): WebSocketHook<E>;
