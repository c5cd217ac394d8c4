// As talkwire.js, with the bytes of the wasm inside.
import { createClient } from 'talkwire/inline';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  for (const conversationId of conversationIds) client.send({ type: 'subscribe', conversationId });
}
