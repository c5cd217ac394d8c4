// As raw.js, for a server that packs several frames into one: the least that takes them apart.

export function open({ url, conversationIds, handlers, known = new Map() }) {
  const socket = new WebSocket(url);
  socket.onopen = () => {
    socket.send('{"type":"hello","features":["batch"]}');
    for (const conversationId of conversationIds) {
      const { offset: after, epoch } = known.get(conversationId) ?? {};
      socket.send(JSON.stringify({ type: 'subscribe', conversationId, after, epoch }));
    }
  };
  const hear = (message) => {
    if (message.type === 'message') handlers.get(message.conversationId)?.(message.data);
  };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === 'batch') frame.frames.forEach(hear);
    else hear(frame);
  };
}
