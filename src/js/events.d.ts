// What the listeners of `on` are told.
import type {
  AgentStatus,
  ConversationInfo,
  Presence,
  StoredMessage,
  Typing,
} from './conversation.js';
import type { TalkwireError } from './error.js';

/**
 * Names of events, and the shape of each one's `data`. Extend {@link DefaultEvents} with your own. What the application
 * asks of its server stands among them as a {@link Call}.
 * @example
 * interface ShopEvents extends DefaultEvents {
 *   'order:new': Order;                                // on('order:new', ({ data }) => …)
 *   'order:find': Call<{ number: string }, Order[]>;   // request('order:find', { number })
 * }
 */
export type EventMap = object;

/**
 * Something that the application says to its server: with what data, and with what answer. With one of them in a map,
 * `send` and `request` take only those that are in it.
 */
export interface Call<Data = undefined, Answer = unknown> {
  readonly [call]: { readonly data: Data; readonly answer: Answer };
}

/** The names of the calls in a map. */
export type CallName<E extends EventMap> = {
  [Name in keyof E]: E[Name] extends Call<unknown> ? Name : never;
}[keyof E];

/** The names that `request` takes: any, where the map has none. */
export type RequestName<E extends EventMap> = [CallName<E>] extends [never] ? string : CallName<E>;

/** What `request` takes beside the name. */
export type RequestArguments<E extends EventMap, K, Options> =
  K extends CallName<E>
    ? undefined extends CallOf<E, K>['data']
      ? [data?: CallOf<E, K>['data'], options?: Options]
      : [data: CallOf<E, K>['data'], options?: Options]
    : [data?: unknown, options?: Options];

/** What `request` resolves to. */
export type AnswerOf<E extends EventMap, K> =
  K extends CallName<E> ? CallOf<E, K>['answer'] : unknown;

/** What `send` takes: any frame, where the map has no calls. */
export type FrameOf<E extends EventMap> = [CallName<E>] extends [never]
  ? object
  : Subscription | { [Name in CallName<E>]: FrameNamed<E, Name> }[CallName<E>];

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
export type EventName<E extends EventMap = DefaultEvents> = ServerName<E> | keyof OwnEvents | '*';

/** What a listener for `K` is called with. */
export type EventOf<E extends EventMap, K extends EventName<E>> = K extends '*'
  ? {
      [Name in ServerName<E> | keyof OwnEvents]: EventNamed<E, Name>;
    }[ServerName<E> | keyof OwnEvents]
  : K extends ServerName<E> | keyof OwnEvents
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

declare const call: unique symbol;

type ServerName<E extends EventMap> = Exclude<keyof E, CallName<E>>;

type CallOf<E extends EventMap, K extends CallName<E>> =
  E[K] extends Call<infer Data, infer Answer> ? { data: Data; answer: Answer } : never;

interface Subscription {
  type: 'subscribe' | 'unsubscribe';
  conversationId: string;
}

type FrameNamed<E extends EventMap, Name extends CallName<E>> = {
  conversationId?: string;
  data: CallOf<E, Name>['data'];
} & ({ type: Name } | { event: Name });
