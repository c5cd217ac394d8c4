// A hook as people write it by hand.
import { useEffect, useState } from 'react';

export function Thread({ url, conversationId, Show }) {
  const [messages, setMessages] = useState([]);
  useEffect(() => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send(JSON.stringify({ type: 'subscribe', conversationId }));
    socket.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === 'message') setMessages((before) => [...before, event.data]);
    };
    return () => socket.close();
  }, [url, conversationId]);
  return <Show messages={messages} />;
}
