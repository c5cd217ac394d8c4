// What the adapters of all frameworks have in common.
import type { Client } from './client.js';
import type { Conversation, StoredMessage } from './conversation.js';
import type { DefaultEvents, EventMap } from './events.js';
import type { ClientOptions } from './options.js';

/** The options of a client whose address stands apart. */
export type SharedOptions = Omit<ClientOptions, 'url'>;

/** What a provider gives to those below: a client, or the one for an address, shared by all who use the same. */
export type Provided<E extends EventMap = DefaultEvents> =
  | {
      /** Whoever made it closes it. */
      client: Client<E>;
      url?: undefined;
      options?: undefined;
    }
  | {
      client?: undefined;
      /** Where to connect to; the client lives as long as somebody uses it. */
      url: string | URL;
      /** See {@link ClientOptions}. */
      options?: SharedOptions | undefined;
    };

/** How a conversation is opened. */
export interface ConversationOptions {
  /** What a server rendered: shown at once, and taken over by the conversation when it is joined. */
  initialMessages?: readonly StoredMessage[] | undefined;
}

/** What can be done in a conversation: always the same functions, and none of them needs an object. */
export type ConversationActions = Pick<
  Conversation,
  'send' | 'retry' | 'discard' | 'setTyping' | 'markRead' | 'loadBefore'
>;
