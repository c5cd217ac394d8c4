// A component with react-use-websocket in it.
import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import library from 'react-use-websocket';

// It is CommonJS, of which a module gets the whole.
const { default: useWebSocket, ReadyState } = library;

export function mount(wanted, options) {
  createRoot(document.body).render(<Chat {...wanted} options={options} />);
}

function Chat({ url, conversationIds, handlers, options }) {
  const { sendJsonMessage, readyState } = useWebSocket(url, {
    ...options,
    onMessage: ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'message') handlers.get(message.conversationId)?.(message.data);
    },
  });
  useEffect(() => {
    if (readyState !== ReadyState.OPEN) return;
    for (const conversationId of conversationIds)
      sendJsonMessage({ type: 'subscribe', conversationId });
  }, [readyState, sendJsonMessage, conversationIds]);
  return null;
}
