'use client';
// Shows what the server rendered, and goes on from there.
import { useState } from 'react';
import { useConnection, useConversation } from 'talkwire/react';

export function Thread({ id, initialMessages }) {
  const { messages, typing, send, retry, setTyping } = useConversation(id, { initialMessages });
  const { isConnected } = useConnection();
  const [draft, setDraft] = useState('');
  const submit = (event) => {
    event.preventDefault();
    if (draft.trim()) send(draft.trim());
    setDraft('');
    setTyping(false);
  };
  return (
    <>
      <p role="status">{isConnected ? 'Connected' : 'Not connected'}</p>
      <ol>
        {messages.map(({ id, clientId, senderName, senderId, content, state }) => (
          <li key={clientId ?? id} data-testid="message" data-state={state}>
            <strong>{senderName ?? senderId ?? 'Me'}</strong> <span>{content}</span>
            {state === 'failed' && (
              <button type="button" onClick={() => retry(clientId)}>
                Try again
              </button>
            )}
          </li>
        ))}
      </ol>
      <p className="typing">{typing.length > 0 && `${typing.join(', ')} types…`}</p>
      <form onSubmit={submit}>
        <label>
          Message{' '}
          <input
            value={draft}
            onChange={({ target }) => {
              setDraft(target.value);
              setTyping(target.value !== '');
            }}
          />
        </label>{' '}
        <button type="submit">Send</button>
      </form>
    </>
  );
}
