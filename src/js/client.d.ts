// What `createClient` makes.
import type { AgentStatus, Conversation, ConversationInfo } from './conversation.js';
import type { Delivery } from './delivery.js';
import type { TalkwireError } from './error.js';
import type {
  AnswerOf,
  DefaultEvents,
  EventMap,
  EventName,
  EventOf,
  FrameOf,
  RequestArguments,
  RequestName,
} from './events.js';
import type { Dump, Stats } from './stats.js';
import type { Store } from './store.js';

/** One connection with everything on it. */
export interface Client<E extends EventMap = DefaultEvents> {
  /** Connects now. Needed after `disconnect()`, after a lasting error, or without `autoConnect`. */
  connect(): void;
  /** Hangs up until `connect()` is called. What is subscribed stays so. */
  disconnect(): void;
  /** Ends everything and frees all memory. May be called again. */
  close(): void;
  /** How the connection stands. */
  readonly connection: Store<Connection>;
  /** The list of conversations; kept up to date while it has listeners. */
  readonly conversations: Store<readonly ConversationInfo[]>;
  /** The agents by their ids. */
  readonly agents: Store<ReadonlyMap<string, AgentStatus>>;
  /** One conversation; the same object for the same id. */
  conversation(id: string): Conversation;
  /**
   * Listens: one call per event, in order, as it arrives. `*` listens to everything.
   * @returns A function that ends it.
   */
  on<K extends EventName<E>>(type: K, listener: (event: EventOf<E, K>) => void): () => void;
  /**
   * Sends a frame as it is; before there is a connection, it waits. `subscribe` and `unsubscribe`
   * frames are kept count of: what is subscribed is subscribed again after a reconnect.
   */
  send(frame: FrameOf<E>): Delivery;
  /**
   * Asks the server, by a frame `{ type: event, ref, data }`, and resolves to the `data` of its ack.
   * Rejects with a TalkwireError: `timeout`, `connection-lost`, `refused`, or `unsupported` where the
   * server answers nothing; with the signal's reason where it was aborted. A request is not repeated.
   */
  request<K extends RequestName<E>>(
    event: K,
    ...rest: RequestArguments<E, K, RequestOptions>
  ): Promise<AnswerOf<E, K>>;
  /** Counters since the client was made. */
  stats(): Stats;
  /** The counters and the last 256 transitions, for a bug report. Neither messages nor tokens. */
  dump(): Dump;
}

/** How long a request may take. */
export interface RequestOptions {
  /** Until the answer comes, waiting for a connection included; Infinity: for ever. Default: 10 000 ms. */
  timeoutMs?: number | undefined;
  /** Ends it early. */
  signal?: AbortSignal | null | undefined;
}

/** How the connection stands. */
export interface Connection {
  /**
   * What the socket does: `idle` (not asked for), `connecting`, `open` (a session is proved),
   * `waiting` (for the next attempt), `offline` (the browser has no network), `closed` (for good).
   */
  readonly phase: 'idle' | 'connecting' | 'open' | 'waiting' | 'offline' | 'closed';
  /** What carries messages now: a socket, or HTTP. */
  readonly transport: 'socket' | 'polling' | null;
  /** `transport !== null`: a session is proved, or the last poll succeeded. */
  readonly isConnected: boolean;
  /** Failures in a row. */
  readonly attempt: number;
  /** When the next attempt is due, on the clock of `Date.now()`. */
  readonly retryAt: number | null;
  /** What went wrong last, until it is mended. */
  readonly error: TalkwireError | null;
}
