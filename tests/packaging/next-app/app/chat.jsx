'use client';
import { useEffect, useState } from 'react';
import { useWebSocket } from 'talkwire/react';

export function Chat({ url, conversationId }) {
  const [messages, setMessages] = useState([]);
  const { send, isConnected } = useWebSocket(url, ({ type, data }) => {
    if (type === 'message') setMessages((before) => [...before, data]);
  });
  useEffect(() => {
    if (isConnected) send({ type: 'subscribe', conversationId });
    return () => {
      if (isConnected) send({ type: 'unsubscribe', conversationId });
    };
  }, [isConnected, conversationId, send]);
  return (
    <main>
      <output>{isConnected ? 'connected' : 'not connected'}</output>
      <ul>
        {messages.map(({ id, content }) => (
          <li key={id}>{content}</li>
        ))}
      </ul>
    </main>
  );
}
