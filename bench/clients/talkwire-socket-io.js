// talkwire on a Socket.IO server: exactly what is done in socket-io.js, and each message once.
import { createClient } from 'talkwire';

export function open({ url, conversationIds, handlers }) {
  const client = createClient({ url, protocol: 'socket.io', events: { message: 'message' } });
  client.on('message', ({ conversationId, data }) => handlers.get(conversationId)?.(data));
  for (const conversationId of conversationIds) client.send({ type: 'subscribe', conversationId });
}
