// The drop-in component, in StrictMode, beside another user of the same connection.
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useWebSocket } from 'talkwire/react';

const token = new URLSearchParams(location.search).get('token');
const test = { events: [], mounts: 0, renders: 0, show };
globalThis.test = test;

const handleWebSocketMessage = (event) => test.events.push(event);

function Chat({ conversationId }) {
  const { send, isConnected } = useWebSocket(
    `ws://localhost:3001?token=${token}`,
    handleWebSocketMessage,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: as people have it
  useEffect(() => {
    if (isConnected) send({ type: 'subscribe', conversationId });
    return () => {
      if (isConnected) send({ type: 'unsubscribe', conversationId });
    };
  }, [isConnected, conversationId]);

  useEffect(() => {
    test.mounts += 1;
  }, []);
  test.renders += 1;
  return <output id="chat">{isConnected ? 'connected' : 'not connected'}</output>;
}

function Lamp() {
  const { isConnected } = useWebSocket(`ws://localhost:3001?token=${token}`);
  return isConnected ? 'on' : 'off';
}

const root = createRoot(document.getElementById('root'));

function show({ conversationId }) {
  root.render(
    <StrictMode>
      {conversationId && <Chat conversationId={conversationId} />}
      <Lamp />
    </StrictMode>,
  );
}

test.unmount = () => root.unmount();
