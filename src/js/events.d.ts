// What the listeners of `on` are told.
import type {
  AgentStatus,
  ConversationInfo,
  Presence,
  StoredMessage,
  Typing,
} from './conversation.js';
import type { TalkwireError } from './error.js';

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
  /** The server's own name for it, where that is another. */
  readonly event?: unknown;
  /** Only with Socket.IO, where the server waits for an answer: gives it. */
  readonly ack?: (data?: unknown) => void;
  /** Only with Socket.IO, where there is more than one: all that goes with the event. */
  readonly args?: readonly unknown[];
  /** Only with messages: it was found late; newer ones may have been told before it. */
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
