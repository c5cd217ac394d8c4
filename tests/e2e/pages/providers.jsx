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

  /** As somebody who goes from one to the next: to each at its time, and there at once. */
  async visit(given, route, everyMs) {
    for (const id of route) {
      flushSync(() => show([{ key: 'one', conversationIds: [id], ...given }]));
      await new Promise((next) => setTimeout(next, everyMs));
    }
  },
};
