import { WebSocket } from 'partysocket';

export function open({ url, conversationIds, handlers }) {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    for (const conversationId of conversationIds)
      socket.send(JSON.stringify({ type: 'subscribe', conversationId }));
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'message') handlers.get(message.conversationId)?.(message.data);
  };
}
