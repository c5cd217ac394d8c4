// Where a message is written.
import { useState } from 'react';
import { useConnection } from 'talkwire/react';
import { Icon } from './parts.jsx';

const HINT = 'Enter to send, Shift + Enter for a new line';
const KEPT = 'Not connected: your message is kept and sent as soon as you are back';

export function Composer({ onSend, onTyping }) {
  const [draft, setDraft] = useState('');
  const { isConnected } = useConnection();
  const text = draft.trim();
  const write = (next) => {
    setDraft(next);
    onTyping(next.trim() !== '');
  };
  const submit = (event) => {
    event.preventDefault();
    if (!text) return;
    write('');
    onSend(text);
  };
  const onKeyDown = (event) => {
    // While an input method composes, Enter belongs to it.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) submit(event);
  };
  return (
    <form className={`composer ${isConnected ? '' : 'kept'}`} onSubmit={submit}>
      <label className="visually-hidden" htmlFor="composer-input">
        Message
      </label>
      <textarea
        id="composer-input"
        data-testid="composer-input"
        rows={1}
        placeholder="Write a message…"
        enterKeyHint="send"
        autoComplete="off"
        aria-describedby="composer-hint"
        value={draft}
        onChange={({ target }) => write(target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        className="composer-send"
        data-testid="composer-send"
        aria-label="Send"
        disabled={text === ''}
      >
        <Icon name="send" />
      </button>
      <p className="composer-hint" id="composer-hint">
        {isConnected ? HINT : KEPT}
      </p>
    </form>
  );
}
