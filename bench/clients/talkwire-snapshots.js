// talkwire, with the snapshot of every conversation kept besides: its last 500 messages.
import { createClient } from 'talkwire';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  const changed = () => {};
  const join = (conversationId) => client.conversation(conversationId).subscribe(changed);
  conversationIds.forEach(join);
  return join;
}
