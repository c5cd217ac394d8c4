// talkwire, with the snapshot of every conversation kept besides: its last 500 messages.
import { createClient } from 'talkwire';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  for (const conversationId of conversationIds) {
    const conversation = client.conversation(conversationId);
    conversation.subscribe(() => conversation.getSnapshot());
  }
  return client;
}
