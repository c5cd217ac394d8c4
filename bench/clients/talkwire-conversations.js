// talkwire, listened to by conversation: what is new in each one's snapshot, and nothing of the others.
import { createClient } from 'talkwire';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url });
  const join = (conversationId) => {
    const conversation = client.conversation(conversationId);
    let lastId;
    conversation.subscribe(() => {
      const { messages } = conversation.getSnapshot();
      const seen = messages.findLastIndex(({ id }) => id === lastId);
      messages.slice(seen + 1).forEach(handlers.get(conversationId));
      lastId = messages.at(-1)?.id;
    });
  };
  conversationIds.forEach(join);
  return join;
}
