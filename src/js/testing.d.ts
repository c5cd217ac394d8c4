import type { Client, DefaultEvents, EventMap, StoredMessage } from './index.js';
import type { SharedOptions } from './view.js';

/** How a fake server is. */
export interface FakeServerOptions {
  /**
   * What its `hello` offers; null: it says none, as a plain server does. Default: `ack`, `replay`,
   * `ping`, `list`.
   */
  features?: readonly string[] | null | undefined;
  /** Who the page's own user is. Default: `me`. */
  userId?: string | undefined;
}

/** A frame of the `json` dialect, as it is on the wire. */
export interface Frame {
  readonly type: string;
  readonly conversationId?: string;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}

/**
 * Puts a server in the place of every server, for one test: every `WebSocket` that is made until it is
 * closed ends here, and time can be advanced. The clients are real ones.
 * @example
 * const server = createFakeServer();
 * render(<Chat client={server.client()} />);
 * server.say('conv_1', 'Hello');
 * await screen.findByText('Hello');
 * server.close();
 */
export function createFakeServer(options?: FakeServerOptions): FakeServer;

/** A server that does as it is told; left alone, it welcomes, acknowledges and echoes as a real one. */
export interface FakeServer {
  /** An address, where something needs one. Any other ends here, too. */
  readonly url: string;
  /** All that it heard, in order. */
  readonly frames: readonly Frame[];
  /** How many connections it has. */
  readonly connections: number;
  /** The ids of the conversations that are joined. */
  readonly subscriptions: readonly string[];
  /** A client of this server, closed together with it. */
  client<E extends EventMap = DefaultEvents>(options?: SharedOptions): Client<E>;
  /**
   * Somebody says something in a conversation. Whoever joins later, or comes back, hears it then.
   * @param fields What else the message has; default: an id, a time, and a `senderId`.
   */
  say(conversationId: string, content: unknown, fields?: object): StoredMessage;
  /** Sends a frame to whom it concerns. While there is nobody, it waits for the first who comes. */
  emit(frame: Frame): void;
  /** Ends every connection. Default: as a broken network does, with 1006. */
  drop(code?: number, reason?: string): void;
  /**
   * Ends every connection and lets nobody in: as if it were not there, or, given a close code, by
   * closing with that (4401: the token is no good).
   */
  refuse(code?: number): void;
  /** Lets everybody in again. */
  accept(): void;
  /** From now on messages wait for `ack`, `reject` or `release`. */
  hold(): void;
  /** Acknowledges all that waits and, from now on, at once. */
  release(): void;
  /**
   * Acknowledges the oldest message that waits, or answers the oldest `request`.
   * @param data The answer; of a message, fields that the stored one has beside what was sent.
   */
  ack(data?: unknown): void;
  /** Refuses the oldest message or request that waits. */
  reject(error?: {
    code?: string | undefined;
    message?: string | undefined;
    retryable?: boolean | undefined;
  }): void;
  /** The next frame of this type that it hears, or has heard and did not give yet. */
  next(type: string): Promise<Frame>;
  /**
   * Lets time pass at once, for the whole page: what is due happens, in order, and is shown. Else time
   * runs as always.
   */
  advance(ms: number): Promise<void>;
  /** Ends it, closes its clients, and puts the page's own sockets and clocks back. */
  close(): void;
}
