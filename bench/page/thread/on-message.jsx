// react-use-websocket with a handler that keeps what it hears, and nothing in its own state.
import { useEffect, useState } from 'react';
import library from 'react-use-websocket';

const { default: useWebSocket, ReadyState } = library;

export function Thread({ url, conversationId, Show }) {
  const [messages, setMessages] = useState([]);
  const { sendJsonMessage, readyState } = useWebSocket(url, {
    share: true,
    filter: () => false,
    onMessage: ({ data }) => {
      const event = JSON.parse(data);
      if (event.type === 'message') setMessages((before) => [...before, event.data]);
    },
  });
  useEffect(() => {
    if (readyState === ReadyState.OPEN) sendJsonMessage({ type: 'subscribe', conversationId });
  }, [readyState, sendJsonMessage, conversationId]);
  return <Show messages={messages} />;
}

export function Lamp({ url, Show }) {
  const { readyState } = useWebSocket(url, { share: true, filter: () => false });
  return <Show isOn={readyState === ReadyState.OPEN} />;
}
