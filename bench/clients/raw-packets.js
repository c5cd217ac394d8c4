// A raw socket on a Socket.IO server: the least that its events need.

export function open({ url, conversationIds, handlers }) {
  const socket = new WebSocket(url);
  const join = (conversationId) =>
    socket.send(`42${JSON.stringify(['subscribe', { conversationId }])}`);
  socket.onmessage = ({ data }) => {
    if (data.startsWith('42[')) {
      const [, message] = JSON.parse(data.slice(2));
      handlers.get(message.conversationId)?.(message);
    } else if (data.startsWith('40')) conversationIds.forEach(join);
    else if (data.startsWith('0')) socket.send('40');
  };
}
