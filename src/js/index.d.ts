// The public types of talkwire. Times are in milliseconds, sizes in bytes.

/** What can be handed to {@link init}: where the WebAssembly module is, or the module itself. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the WebAssembly module now rather than with the first connection. Optional. Rejects with a
 * {@link TalkwireError} (`wasm-load-failed`, `wasm-blocked`); a failed load can be tried again.
 * @param wasm Where the module is, for those who host it themselves. Default: beside the package.
 */
export function init(wasm?: WasmSource): Promise<void>;

/**
 * Makes a client. It can be used at once, and opens nothing until the first subscription or send. On
 * a server it opens nothing at all.
 * @throws {@link TalkwireError} `invalid-option` if an option is wrong or unknown.
 * @example
 * const client = createClient({ url: '/ws' });
 * client.on('message', ({ conversationId, data }) => console.log(conversationId, data.content));
 * client.conversation('conv_123').send('Hello');
 */
export function createClient<E extends EventMap = DefaultEvents>(options: ClientOptions): Client<E>;

/** Names of events, and the shape of each one's `data`. Extend {@link DefaultEvents} with your own. */
export type EventMap = object;

/** The events that talkwire knows the meaning of. */
export interface DefaultEvents {
  /** A message; each is told once. */
  message: StoredMessage;
  /** A conversation's own data changed. */
  conversation: ConversationInfo;
  /** Somebody types, or stopped. */
  typing: Typing;
  /** Who is in a conversation. */
  presence: Presence;
  /** An agent's status changed. */
  agent: AgentStatus;
}

/** The names that `on` takes: those of the map, `gap`, `error`, and `*` for all of them. */
export type EventName<E extends EventMap = DefaultEvents> = keyof E | keyof OwnEvents | '*';

/** What a listener for `K` is called with. */
export type EventOf<E extends EventMap, K extends EventName<E>> = K extends '*'
  ? { [Name in keyof E | keyof OwnEvents]: EventNamed<E, Name> }[keyof E | keyof OwnEvents]
  : K extends keyof E | keyof OwnEvents
    ? EventNamed<E, K>
    : never;

/** Something that the server told. */
export interface ServerEvent<Type, Data> {
  /** The meaning. */
  readonly type: Type;
  /** Where it happened; not there if the server did not say. */
  readonly conversationId?: string;
  /** The payload. */
  readonly data: Data;
  /** How it came. */
  readonly via: Via;
  /** Only with messages: it was found after newer ones had been told. */
  readonly late?: boolean;
  /** Whatever else the server sent beside `data`. */
  readonly [field: string]: unknown;
}

/**
 * How an event came: live over the socket, over the socket as something missed, by HTTP, or as the
 * echo of what this client sent.
 */
export type Via = 'socket' | 'replay' | 'poll' | 'echo';

/** Something in a conversation cannot be recovered. Told before anything newer. */
export interface GapEvent {
  readonly type: 'gap';
  /** Where something is missing. */
  readonly conversationId: string;
  readonly data: null;
  readonly via?: undefined;
}

/** Something went wrong. The client goes on by itself unless the error says otherwise. */
export interface ErrorEvent {
  readonly type: 'error';
  /** What went wrong. */
  readonly error: TalkwireError;
  /** The conversation it is about, if it is about one. */
  readonly conversationId?: string | undefined;
  /** The same as `error`. */
  readonly data: TalkwireError;
  readonly via?: undefined;
}

/** The events that talkwire itself makes; they are in every client. */
export interface OwnEvents {
  gap: GapEvent;
  error: ErrorEvent;
}

type EventNamed<E, Name extends keyof E | keyof OwnEvents> = Name extends keyof OwnEvents
  ? OwnEvents[Name]
  : Name extends keyof E
    ? ServerEvent<Name, E[Name]>
    : never;

/** The options of a client. Only `url` is needed. */
export interface ClientOptions {
  /**
   * Where to connect to: ws, wss, http or https, or relative to the page. A function is asked again
   * on every attempt.
   */
  url: string | URL | (() => string | URL | Promise<string | URL>);
  /** The dialect that the server speaks. Default: `json`. */
  protocol?: 'json' | undefined;
  /**
   * The token. A function is asked on every attempt, one call at a time, with the failures so far
   * and the close code that led to it; null: go without.
   */
  token?:
    | string
    | ((why: { attempt: number; code?: number }) => string | null | Promise<string | null>)
    | undefined;
  /**
   * Where the token goes: into the query as `token`, into a first frame, or among the subprotocols
   * (`talkwire.v1`, `talkwire.token.…`). Default: `query`.
   */
  tokenIn?: 'query' | 'message' | 'subprotocol' | undefined;
  /** Who I am. Default: what the server says in its `hello`. */
  userId?: string | undefined;
  /** Connect by itself on the first subscription or send. Default: true. */
  autoConnect?: boolean | undefined;
  /** From dialling to a proved session. Default: 10 000 ms. */
  connectTimeoutMs?: number | undefined;
  /** The delays between attempts. */
  backoff?: BackoffOptions | undefined;
  /** What a close means; undefined: what talkwire makes of the code. */
  classifyClose?:
    | ((close: { code: number; reason: string }) => 'retry' | 'refresh-token' | 'stop' | undefined)
    | undefined;
  /** How a dead connection is found; false: never asked for. */
  heartbeat?: HeartbeatOptions | false | undefined;
  /** How long a conversation stays joined after its last listener left. Default: 250 ms. */
  lingerMs?: number | undefined;
  /** What can be read and sent over HTTP while there is no socket. Default: nothing. */
  polling?: PollingOptions | false | undefined;
  /** Bounds of what waits to be sent. */
  outbox?: OutboxOptions | undefined;
  /** How typing is told. */
  typing?: TypingOptions | undefined;
  /** What is kept of a conversation, and where its older messages are. */
  history?: HistoryOptions | undefined;
  /**
   * Where a message's own id stands: the name of the entry of its data, or a function that reads it.
   * Default: `id`.
   */
  messageId?: string | ((data: unknown) => string) | undefined;
}

/** The delay before attempt n is `minMs` + a random part of `min(maxMs − minMs, minMs·factorⁿ)`. */
export interface BackoffOptions {
  /** The shortest delay. Default: 500 ms. */
  minMs?: number | undefined;
  /** The longest delay. Default: 30 000 ms. */
  maxMs?: number | undefined;
  /** Growth per failure, from 1. Default: 2. */
  factor?: number | undefined;
  /** Whether delays are spread at random; `none` is for tests. Default: `full`. */
  jitter?: 'full' | 'none' | undefined;
  /** A session open for so long, in which a frame arrived, starts the delays anew. Default: 5 000 ms. */
  stableAfterMs?: number | undefined;
  /** Attempts in a row before giving up. Default: Infinity. */
  maxAttempts?: number | undefined;
}

/** How the life of a session is watched. A server is only asked what it is known to answer. */
export interface HeartbeatOptions {
  /** Silence after which the server is asked. Default: 25 000 ms. */
  intervalMs?: number | undefined;
  /** How long the answer may take. Default: 10 000 ms. */
  timeoutMs?: number | undefined;
  /** A frame that this server answers, for servers that do not offer pings themselves. */
  ping?: unknown;
}

/**
 * Reading and sending over HTTP: a URL template for `fetch`, or a function of the application's own.
 * Templates are fetched with the token (`Authorization: Bearer …`) if they are of `url`'s origin.
 */
export interface PollingOptions {
  /**
   * A conversation's messages after one of them, or its latest if `after` is null: a template such as
   * `/api/conversations/{conversationId}/messages?after={after}`. The reply: an array in order, or an
   * object with `messages`.
   */
  messages?:
    | string
    | ((
        conversationId: string,
        context: { after: string | null; signal: AbortSignal },
      ) => Promise<readonly StoredMessage[]>)
    | undefined;
  /** The list of conversations. The reply: an array, or an object with `conversations`. */
  conversations?:
    | string
    | ((context: { signal: AbortSignal }) => Promise<readonly ConversationInfo[]>)
    | undefined;
  /** Posts `{ clientId, content }`; the reply is the stored message. */
  send?:
    | string
    | ((
        conversationId: string,
        message: OutgoingMessage,
        context: { signal: AbortSignal },
      ) => Promise<StoredMessage>)
    | undefined;
  /** Headers for templates, asked for on every request. */
  headers?: (() => HeadersInit | Promise<HeadersInit>) | undefined;
  /** Whether templates are fetched with cookies. Default: `same-origin`. */
  credentials?: RequestCredentials | undefined;
  /** Between two reads of a conversation. Default: 5 000 ms. */
  messagesIntervalMs?: number | undefined;
  /** Between two reads of the list. Default: 10 000 ms. */
  conversationsIntervalMs?: number | undefined;
  /** Time without a session after which polling takes over. Default: 6 000 ms. */
  startAfterMs?: number | undefined;
  /** Failed attempts after which polling takes over. Default: 2. */
  startAfterAttempts?: number | undefined;
  /** A slow check even while the socket is up; false: none. Default: 120 000 ms. */
  safetyIntervalMs?: number | false | undefined;
}

/** Bounds of what waits to be sent. */
export interface OutboxOptions {
  /** Sends that may wait. Default: 256. */
  maxMessages?: number | undefined;
  /** Bytes that may wait. Default: 262 144. */
  maxBytes?: number | undefined;
  /** How long a raw frame may wait. Default: 60 000 ms. */
  ttlMs?: number | undefined;
  /** How long what a person wrote may wait, in milliseconds. Default: Infinity. */
  messageTtlMs?: number | undefined;
  /** What goes when there is no room: the new send, or the oldest. Default: `reject`. */
  overflow?: 'reject' | 'drop-oldest' | undefined;
  /** How long an acknowledgement may take. Default: 10 000 ms. */
  ackTimeoutMs?: number | undefined;
}

/** How typing is told. */
export interface TypingOptions {
  /** At most one typing frame per conversation in this time. Default: 3 000 ms. */
  throttleMs?: number | undefined;
  /** Whoever says nothing more has stopped typing after this time. Default: 7 000 ms. */
  expireMs?: number | undefined;
}

/** What is kept of a conversation, and where its older messages are. */
export interface HistoryOptions {
  /** Messages kept per conversation. Default: 500. */
  maxMessages?: number | undefined;
  /**
   * Where `loadBefore` reads: a template such as
   * `/api/conversations/{conversationId}/messages?before={before}&limit={limit}`, or a function. The
   * reply is as that of `polling.messages`. Where what is missing is newer than all that is shown,
   * `before` is empty, left out of a template: the newest messages are wanted.
   */
  before?:
    | string
    | ((
        conversationId: string,
        context: { before: string; limit: number; signal: AbortSignal },
      ) => Promise<readonly StoredMessage[]>)
    | undefined;
}

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
  send(frame: object): Delivery;
  /**
   * Asks the server, by a frame `{ type: event, ref, data }`, and resolves to the `data` of its ack.
   * Rejects with a TalkwireError: `timeout`, `connection-lost`, `refused`, or `unsupported` where the
   * server answers nothing; with the signal's reason where it was aborted. A request is not repeated.
   */
  request(event: string, data?: unknown, options?: RequestOptions): Promise<unknown>;
  /** Counters since the client was made. */
  stats(): Stats;
  /** The counters and the last 256 transitions, for a bug report. Neither messages nor tokens. */
  dump(): Dump;
}

/** How long a request may take. */
export interface RequestOptions {
  /** Until the answer comes, waiting for a connection included. Default 10 000. */
  timeoutMs?: number | undefined;
  /** Ends it early. */
  signal?: AbortSignal | undefined;
}

/** A value that changes. Snapshots are immutable, and identical until they change. */
export interface Store<T> {
  /**
   * Calls `onChange` after changes, at most once per animation frame.
   * @returns A function that ends it.
   */
  subscribe(onChange: () => void): () => void;
  /** The value now. */
  getSnapshot(): T;
  /** The value on a server, and in a page before it is hydrated. */
  getServerSnapshot(): T;
}

/** How the connection stands. */
export interface Connection {
  /**
   * What the socket does: `idle` (not asked for), `connecting`, `open` (a session is proved),
   * `waiting` (for the next attempt), `offline` (the browser has no network), `closed` (for good).
   */
  readonly phase: 'idle' | 'connecting' | 'open' | 'waiting' | 'offline' | 'closed';
  /** What carries messages now. */
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

/** A conversation. Subscribing joins it; the last one to leave leaves it. */
export interface Conversation extends Store<ConversationSnapshot> {
  readonly id: string;
  /** Sends a message: in the snapshot at once as `pending`, then `sent` or `failed`. */
  send(content: string | object): Delivery;
  /** Sends a failed message again. */
  retry(clientId: string): Delivery;
  /** Takes a failed message out of the snapshot. */
  discard(clientId: string): void;
  /** Tells the others that I type, or stopped. */
  setTyping(isTyping: boolean): void;
  /** I have read everything here. */
  markRead(): void;
  /**
   * Reads older messages into the snapshot; see `history.before`. While `hasGap`, these are the
   * missing ones, the newest of them first, until the gap is closed.
   * @param limit How many at most. Default: 50.
   */
  loadBefore(limit?: number): Promise<void>;
  /** Takes over the messages that a server rendered. */
  hydrate(messages: readonly StoredMessage[]): void;
}

/** A conversation as it stands. */
export interface ConversationSnapshot {
  /** In order, the oldest first. */
  readonly messages: readonly Message[];
  /** The ids of those who type, without me. */
  readonly typing: readonly string[];
  /** The ids of those who are there. */
  readonly presence: readonly string[];
  /** What is known of the conversation itself. */
  readonly info: ConversationInfo | null;
  /**
   * `idle` (nobody listens), `joining`, `live`, `polling` (read again and again), `error` (the server
   * refuses it).
   */
  readonly status: 'idle' | 'joining' | 'live' | 'polling' | 'error';
  /** Something is missing and cannot be recovered. */
  readonly hasGap: boolean;
  /** Why the server refuses it. */
  readonly error: TalkwireError | null;
}

/** A message as a server has it. */
export interface StoredMessage {
  /** The server's id. */
  readonly id: string;
  readonly conversationId?: string;
  /** What was said. */
  readonly content?: unknown;
  /** The sender's own id for it. */
  readonly clientId?: string;
  /** Whatever else the server keeps of it. */
  readonly [field: string]: unknown;
}

/** A message in a snapshot. */
export interface Message extends StoredMessage {
  /** The server's id; the client's own until the server has given one. */
  readonly id: string;
  readonly conversationId: string;
  readonly content: unknown;
  /** Mine: `pending`, then `sent` or `failed`. Everybody else's: `received`. */
  readonly state: 'pending' | 'sent' | 'failed' | 'received';
}

/** A message as it is posted. */
export interface OutgoingMessage {
  /** My own id for it, the same on every try. */
  readonly clientId: string;
  /** What was said. */
  readonly content: unknown;
}

/** What is known of a conversation. */
export interface ConversationInfo {
  readonly id: string;
  readonly title?: string;
  /** The newest message. */
  readonly lastMessage?: StoredMessage | null;
  /** How many messages I have not read. */
  readonly unreadCount?: number;
  /** Whatever else the server keeps of it. */
  readonly [field: string]: unknown;
}

/** Somebody types, or stopped. */
export interface Typing {
  readonly userId: string;
  readonly isTyping: boolean;
  readonly [field: string]: unknown;
}

/** Who is in a conversation. */
export interface Presence {
  readonly userIds: readonly string[];
  readonly [field: string]: unknown;
}

/** What an agent does. */
export interface AgentStatus {
  readonly agentId: string;
  /** For instance `online`, `away`, `busy` or `offline`. */
  readonly status: string;
  readonly [field: string]: unknown;
}

/** Something on its way. */
export interface Delivery {
  /** My own id for it. */
  readonly id: string;
  /** How it ended. Never rejects. */
  readonly result: Promise<DeliveryResult>;
  /** Takes it back. False if it has left. */
  cancel(): boolean;
}

/** How a send ended. */
export interface DeliveryResult {
  /**
   * `acked`: the server has it. `sent`: it was written, and this server does not answer. `dropped`:
   * it was not sent, or is not known to have arrived.
   */
  readonly status: 'acked' | 'sent' | 'dropped';
  /**
   * Why: there was no room, it grew too old, it was cancelled, the server refused it, the client was
   * closed, the server did not answer, the server cannot do this.
   */
  readonly reason?:
    | 'overflow'
    | 'expired'
    | 'cancelled'
    | 'rejected'
    | 'closed'
    | 'no-ack'
    | 'unsupported';
  /** What the server answered. */
  readonly data?: unknown;
}

/** Counters since the client was made. */
export interface Stats {
  /** Attempts to connect. */
  readonly attempts: number;
  /** Sessions that were proved. */
  readonly sessions: number;
  /** Frames that came. */
  readonly framesReceived: number;
  /** Frames that were written. */
  readonly framesSent: number;
  /** Events told to listeners. */
  readonly events: number;
  /** Messages that came again and were not told twice. */
  readonly duplicates: number;
  /** Messages found after newer ones had been told. */
  readonly late: number;
  /** Times that something could not be recovered. */
  readonly gaps: number;
  /** Rejoins after which the server sent all that was missed. */
  readonly recovered: number;
  /** Reads over HTTP. */
  readonly polls: number;
  /** Posts over HTTP. */
  readonly posts: number;
  /** Sends handed over by the application. */
  readonly sends: number;
  /** Sends that were dropped. */
  readonly dropped: number;
  /** Errors that were reported. */
  readonly errors: number;
}

/** The inner state of a client. */
export interface Dump {
  readonly stats: Stats;
  /** The last 256 changes of the connection, the oldest first. */
  readonly transitions: readonly Transition[];
  /** Conversations that somebody wants. */
  readonly wanted: number;
  /** Conversations that the server has confirmed. */
  readonly confirmed: number;
  /** Sends that wait. */
  readonly outbox: number;
}

/** One change of the connection. */
export interface Transition {
  /** When, in milliseconds on the client's own clock. */
  readonly atMs: number;
  /** The phase from then on. */
  readonly phase: Connection['phase'];
  /** What carried messages from then on. */
  readonly transport: Connection['transport'];
  /** The code of the error that led there. */
  readonly error: ErrorCode | null;
}

/** What went wrong, with what to do about it as its message. */
export class TalkwireError extends Error {
  constructor(code: ErrorCode, message: string, retryable?: boolean, options?: ErrorOptions);
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** Whether trying again can help; talkwire does so by itself. */
  readonly retryable: boolean;
}

/** Everything that can go wrong. */
export type ErrorCode =
  /** An option is wrong or unknown. */
  | 'invalid-option'
  /** The WebAssembly module could not be loaded; it is tried again. */
  | 'wasm-load-failed'
  /** The page's Content-Security-Policy lacks `'wasm-unsafe-eval'`. */
  | 'wasm-blocked'
  /** A defect of talkwire itself. The client has ended; a new one works. */
  | 'internal'
  /** A page that came over https may not open `ws:` addresses. */
  | 'mixed-content'
  /** No session was proved in `connectTimeoutMs`. */
  | 'connect-timeout'
  /** The connection was lost or never came about. */
  | 'connection-lost'
  /** The server closed with a code that forbids another attempt. */
  | 'closed-by-server'
  /** The token was refused, and a fresh one too. */
  | 'unauthorized'
  /** The `url` or `token` function failed, or the address is no use. */
  | 'dial-failed'
  /** `backoff.maxAttempts` is used up. */
  | 'too-many-attempts'
  /** The server fell silent and did not answer when asked. */
  | 'silent'
  /** A frame that nobody can read; it was left out. */
  | 'bad-frame'
  /** What was given to send cannot be written as JSON. */
  | 'invalid-frame'
  /** The client was closed before this was done. */
  | 'closed'
  /** The server refused a frame and said why. */
  | 'refused'
  /** A frame was larger than the server takes. */
  | 'too-large'
  /** Reading or posting over HTTP failed, or the reply was not what was asked for. */
  | 'poll-failed'
  /** A request was not answered in time. */
  | 'timeout'
  /** A server of this kind cannot do what was asked. */
  | 'unsupported';
