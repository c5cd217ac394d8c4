// What an application writes by hand: a WebSocket, JSON.parse, a Map.

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
