// An app with as many providers as a test says, each with conversations below it, in StrictMode.
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { TalkwireProvider, useConversation } from 'talkwire/react';

function Thread({ id }) {
  const { status, messages } = useConversation(id);
  return (
    <li>
      <output>{status}</output>
      {messages.map(({ id, content }) => (
        <p key={id}>{content}</p>
      ))}
    </li>
  );
}

const root = createRoot(document.getElementById('root'));

function show(providers) {
  root.render(
    <StrictMode>
      {providers.map(({ key, conversationIds, ...given }) => (
        <TalkwireProvider key={key} {...given}>
          {conversationIds.map((id, index) => (
            // It stays when it shows another one.
            <Thread key={String(index)} id={id} />
          ))}
        </TalkwireProvider>
      ))}
    </StrictMode>,
  );
}

globalThis.test = {
  show,

  /** As `show`, and there at once. */
  showAtOnce: (providers) => flushSync(() => show(providers)),
};
