import { Socket } from 'phoenix';

export function open({ url, conversationIds, handlers }) {
  const socket = new Socket(url);
  const join = (conversationId) => {
    const channel = socket.channel(conversationId);
    channel.on('message', handlers.get(conversationId));
    channel.join();
  };
  socket.connect();
  conversationIds.forEach(join);
  return join;
}
