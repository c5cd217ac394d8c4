// A conversation, and what is said and known in it.
import type { Delivery } from './delivery.js';
import type { TalkwireError } from './error.js';
import type { Store } from './store.js';

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
