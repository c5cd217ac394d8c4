// The hook of talkwire/react with a handler that keeps what it hears.
import { useEffect, useState } from 'react';
import { useWebSocket } from 'talkwire/react';

export function Thread({ url, conversationId, Show }) {
  const [messages, setMessages] = useState([]);
  const { send, isConnected } = useWebSocket(url, (event) => {
    if (event.type === 'message') setMessages((before) => [...before, event.data]);
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: as people have it
  useEffect(() => {
    if (isConnected) send({ type: 'subscribe', conversationId });
    return () => {
      if (isConnected) send({ type: 'unsubscribe', conversationId });
    };
  }, [isConnected, conversationId]);
  return <Show messages={messages} />;
}

export function Lamp({ url, Show }) {
  const { isConnected } = useWebSocket(url);
  return <Show isOn={isConnected} />;
}
