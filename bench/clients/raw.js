// What an application writes by hand: a WebSocket, JSON.parse, a Map.

/** `known`: the message after which a conversation is to go on, by the conversation's id. */
export function open({ url, conversationIds, handlers, known = new Map() }) {
  const socket = new WebSocket(url);
  const join = (conversationId) => {
    const { offset: after, epoch } = known.get(conversationId) ?? {};
    socket.send(JSON.stringify({ type: 'subscribe', conversationId, after, epoch }));
  };
  socket.onopen = () => conversationIds.forEach(join);
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'message') handlers.get(message.conversationId)?.(message.data);
  };
  return join;
}
