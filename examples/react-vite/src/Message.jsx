// One message of a thread.
import { memo } from 'react';
import { textOf } from '../../vanilla/message.js';
import { clock } from '../../vanilla/time.js';
import { sameItem } from '../../vanilla/timeline.js';
import { Avatar } from './parts.jsx';

export const Message = memo(Row, (before, now) => {
  return before.nameOf === now.nameOf && sameItem(before.item, now.item);
});

function Row({ item, nameOf, onRetry, onDiscard }) {
  const { message, mine, sender = '', first, last, at } = item;
  const { id, clientId, content, state } = message;
  const name = message.senderName ?? nameOf(sender);
  const kind = [mine && 'mine', first && 'first', last && 'last'].filter(Boolean).join(' ');
  return (
    <li className={`message ${kind}`} data-testid="message" data-message-id={id} data-state={state}>
      {!mine && <Avatar id={sender} name={name} />}
      <div className="message-body">
        <p className="bubble" dir="auto">
          {textOf(content)}
        </p>
        {last && state !== 'failed' && (
          <p className="message-meta">
            {!mine && <span className="message-sender">{name}</span>}
            <time>{clock(at)}</time>
            {mine && <span className="message-state" />}
          </p>
        )}
        {state === 'failed' && (
          <p className="message-failed">
            <span>Not sent</span>{' '}
            <button type="button" className="link" onClick={() => onRetry(clientId)}>
              Try again
            </button>{' '}
            <button type="button" className="link" onClick={() => onDiscard(clientId)}>
              Discard
            </button>
          </p>
        )}
      </div>
    </li>
  );
}
