// What talkwire/react itself keeps of a conversation.
import { TalkwireProvider, useConversation, useWebSocket } from 'talkwire/react';

// As much as the others keep.
const options = { history: { maxMessages: 1_000_000 } };

export function Thread({ url, ...given }) {
  return (
    <TalkwireProvider url={url} options={options}>
      <Messages {...given} />
    </TalkwireProvider>
  );
}

function Messages({ conversationId, Show }) {
  const { messages } = useConversation(conversationId);
  return <Show messages={messages} />;
}

export function Lamp({ url, Show }) {
  const { isConnected } = useWebSocket(url, undefined, options);
  return <Show isOn={isConnected} />;
}
