// The list of conversations: latest first, with what was said last and how much of it is unread.
import { useConversations } from 'talkwire/react';
import { textOf } from '../../vanilla/message.js';
import { otherParty } from '../../vanilla/people.js';
import { hashOf, me } from '../../vanilla/session.js';
import { relative } from '../../vanilla/time.js';
import { isMine, timeOf } from '../../vanilla/timeline.js';
import { Avatar, useNames } from './parts.jsx';

const STATUS = { open: 'Open', pending: 'Pending', resolved: 'Resolved' };

export function ConversationList({ filter, openId }) {
  const shown = useConversations().filter(({ status }) => filter === 'all' || status === filter);
  const nameOf = useNames();
  return (
    <nav className="list-scroller" aria-label="Conversations">
      <ul className="list" data-testid="conversation-list">
        {shown.map((info) => (
          <li key={info.id}>
            <Item info={info} isOpen={info.id === openId} nameOf={nameOf} />
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p className="list-empty">No conversations here.</p>}
    </nav>
  );
}

function Item({ info, isOpen, nameOf }) {
  const { id, title, status, unreadCount = 0, lastMessage } = info;
  const party = otherParty(info, me);
  const at = timeOf(lastMessage) ?? Date.parse(info.updatedAt);
  return (
    <a
      className={`item ${unreadCount > 0 ? 'unread' : ''}`}
      data-testid="conversation-item"
      data-conversation-id={id}
      href={hashOf(id)}
      aria-current={isOpen ? 'true' : undefined}
    >
      <Avatar id={party.id} name={nameOf(party.id)} />
      <span className="item-row">
        <span className="item-name">{nameOf(party.id)}</span>
        {at > 0 && <time className="item-time">{relative(at)}</time>}
      </span>
      <span className="item-row">
        <span className="item-title">{title || 'Conversation'}</span>
        {STATUS[status] && (
          <span className="chip item-status" data-status={status}>
            {STATUS[status]}
          </span>
        )}
      </span>
      <span className="item-row">
        <span className="item-preview">{previewOf(lastMessage, party, nameOf)}</span>
        {unreadCount > 0 && (
          <span className="item-unread">
            {unreadCount}
            <span className="visually-hidden"> unread</span>
          </span>
        )}
      </span>
    </a>
  );
}

function previewOf(message, party, nameOf) {
  if (!message) return 'No messages yet';
  const text = textOf(message.content).slice(0, 200);
  if (isMine(message, me)) return `You: ${text}`;
  return message.senderId === party.id ? text : `${nameOf(message.senderId ?? '')}: ${text}`;
}
