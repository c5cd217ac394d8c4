import { io } from 'socket.io-client';

export function open({ url, conversationIds, handlers }) {
  const socket = io(url, { transports: ['websocket'] });
  socket.on('connect', () => {
    for (const conversationId of conversationIds) socket.emit('subscribe', { conversationId });
  });
  socket.on('message', (data) => handlers.get(data.conversationId)?.(data));
}
