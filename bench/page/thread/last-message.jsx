// react-use-websocket as its README keeps a history: the last message is state, and an effect keeps it.
import { useEffect, useState } from 'react';
import library from 'react-use-websocket';

const { default: useWebSocket, ReadyState } = library;

export function Thread({ url, conversationId, Show }) {
  const [messages, setMessages] = useState([]);
  const { sendJsonMessage, lastMessage, readyState } = useWebSocket(url, { share: true });
  useEffect(() => {
    if (readyState === ReadyState.OPEN) sendJsonMessage({ type: 'subscribe', conversationId });
  }, [readyState, sendJsonMessage, conversationId]);
  useEffect(() => {
    const event = lastMessage && JSON.parse(lastMessage.data);
    if (event?.type === 'message') setMessages((before) => [...before, event.data]);
  }, [lastMessage]);
  return <Show messages={messages} />;
}

export function Lamp({ url, Show }) {
  const { readyState } = useWebSocket(url, { share: true });
  return <Show isOn={readyState === ReadyState.OPEN} />;
}
