// What `createClient` takes.
import type { ConversationInfo, OutgoingMessage, StoredMessage } from './conversation.js';

/** The options of a client. Only `url` is needed. */
export interface ClientOptions {
  /**
   * Where to connect to: ws, wss, http or https, or relative to the page. A function is asked again
   * on every attempt.
   */
  url: string | URL | (() => string | URL | Promise<string | URL>);
  /**
   * The dialect that the server speaks: one JSON object a frame, or `{ event, data }` as NestJS's
   * plain `WsAdapter` speaks it, or Socket.IO (4). Default: `json`.
   */
  protocol?: 'json' | 'nest' | 'socket.io' | undefined;
  /**
   * Only with Socket.IO: the server's path; of `url` its host and its query count. Default:
   * `/socket.io`.
   */
  path?: string | undefined;
  /** Only with Socket.IO: the namespace. Default: `/`. */
  namespace?: string | undefined;
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
   * (`talkwire.v1`, `talkwire.token.…`). Default: `query`; with Socket.IO `auth`, the payload of its
   * CONNECT.
   */
  tokenIn?: 'query' | 'message' | 'subprotocol' | 'auth' | undefined;
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
  /**
   * What can be read and sent over HTTP while there is no socket. Default: nothing; with Socket.IO, its
   * own long-polling, which needs sticky sessions where there are several servers. False: neither.
   */
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
  /**
   * What the server's events mean, beside those that mean something already: in `nest` and `socket.io` they are
   * `message:new`, `conversation:update`, `user:typing`, `presence:update` and `agent:status`. Any
   * other reaches listeners under its own name.
   */
  events?: Record<string, EventMeaning> | undefined;
  /** What this client's own frames are called, where it is not as in the dialect. */
  emits?: EmitsOptions | undefined;
}

/** What an event of the server's means. */
export type EventMeaning = 'message' | 'conversation' | 'typing' | 'presence' | 'agent';

/** Names for what this client says. */
export interface EmitsOptions {
  /** Joining a conversation. */
  subscribe?: Emit | undefined;
  /** Leaving it. */
  unsubscribe?: Emit | undefined;
  /** A message. */
  message?: Emit | undefined;
  /** Typing. */
  typing?: Emit | undefined;
}

/**
 * The name of an event; or a function that gives the name and what goes with it, from the conversation
 * and from what would go with it otherwise.
 */
export type Emit =
  | string
  | ((conversationId: string, data: unknown) => readonly [event: string, ...args: unknown[]]);

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
  /**
   * How long a send waits for others, to leave with them in one frame, where the server takes batches. What is sent
   * in one turn leaves together without any wait. Default: 0 ms.
   */
  batchMs?: number | undefined;
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
