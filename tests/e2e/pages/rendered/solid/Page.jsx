import { For } from 'solid-js';
import { TalkwireProvider, useConnection, useConversation } from 'talkwire/solid';

function Thread({ id, initialMessages }) {
  const connection = useConnection();
  const { messages, status, send } = useConversation(id, { initialMessages });
  return (
    <>
      <p role="status">
        {connection().isConnected ? 'Connected' : 'Not connected'}, {status()}
      </p>
      <ol>
        <For each={messages()}>{(message) => <li>{message.content}</li>}</For>
      </ol>
      <button type="button" onClick={() => send('Said by the page')}>
        Send
      </button>
    </>
  );
}

export const Page = ({ url, ...given }) => (
  <TalkwireProvider url={url}>
    <Thread {...given} />
  </TalkwireProvider>
);
