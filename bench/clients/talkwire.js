// talkwire, listened to by events: exactly once, in order.
import { createClient } from 'talkwire';

/** `known`: the message after which a conversation is to go on, by the conversation's id. */
export function open({ url, conversationIds, handlers, known = new Map() }) {
  const client = createClient({ url });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  for (const [id, message] of known) client.conversation(id).hydrate([message]);
  const join = (conversationId) => client.send({ type: 'subscribe', conversationId });
  conversationIds.forEach(join);
  return join;
}
