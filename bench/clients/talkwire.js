// talkwire, listened to by events: exactly once, in order.
import { createClient } from 'talkwire';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  for (const conversationId of conversationIds) client.send({ type: 'subscribe', conversationId });
  return client;
}
