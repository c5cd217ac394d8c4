import { Socket } from 'phoenix';

export function open({ url, conversationIds, handlers }) {
  const socket = new Socket(url);
  socket.connect();
  for (const conversationId of conversationIds) {
    const channel = socket.channel(conversationId);
    channel.on('message', handlers.get(conversationId));
    channel.join();
  }
}
