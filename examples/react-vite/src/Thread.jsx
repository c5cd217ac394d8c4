// The open conversation: its head, its messages, who is typing, and the composer under it.
import { useEffect, useState } from 'react';
import { useConnection, useConversation } from 'talkwire/react';
import { otherParty } from '../../vanilla/people.js';
import { api, linkAs, me } from '../../vanilla/session.js';
import { firstUnread, timelineOf } from '../../vanilla/timeline.js';
import { Composer } from './Composer.jsx';
import { Message } from './Message.jsx';
import { Avatar, Icon, useNames, useStatuses } from './parts.jsx';
import { useHistory } from './useHistory.js';
import { useScroll } from './useScroll.js';

const PRESENCE = { online: 'Online', away: 'Away', busy: 'Busy' };

export function Thread({ id }) {
  const chat = useConversation(id);
  const { messages, info, hasGap, typing } = chat;
  const nameOf = useNames();
  const scroll = useScroll(messages);
  const history = useHistory(chat.loadBefore, messages, scroll.element);
  const unreadFrom = useUnreadLine(messages, info?.unreadCount ?? 0);
  useMarkRead(chat, scroll.isAtEnd);
  const send = (text) => {
    chat.send(text);
    scroll.toEnd();
  };

  return (
    <section className="thread" aria-labelledby="thread-name" data-testid="thread">
      <Head id={id} chat={chat} nameOf={nameOf} />
      {hasGap && (
        <p className="gap" role="status" data-testid="gap">
          Some messages may be missing.{' '}
          <button type="button" className="link" onClick={history.load}>
            Load them
          </button>
        </p>
      )}
      <div className="log-wrap">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keys */}
        <section className="log-scroller" ref={scroll.element} aria-label="Messages" tabIndex={0}>
          <div className="log-top" ref={history.top}>
            <p role="status">{history.text}</p>
          </div>
          <div role="log" aria-live="polite" aria-relevant="additions">
            <ol className="log">
              {timelineOf(messages, { me, unreadFrom }).map((item) =>
                item.kind === 'message' ? (
                  <Message
                    key={item.key}
                    item={item}
                    nameOf={nameOf}
                    onRetry={chat.retry}
                    onDiscard={chat.discard}
                  />
                ) : (
                  <li key={item.key} className={`separator separator-${item.kind}`}>
                    <span>{item.text}</span>
                  </li>
                ),
              )}
            </ol>
          </div>
          <Notice chat={chat} />
          <Typing names={typing.map(nameOf)} />
        </section>
        {!scroll.isAtEnd && (
          <button
            type="button"
            className="pill"
            data-testid="new-messages"
            aria-label="Jump to the latest message"
            onClick={scroll.toEnd}
          >
            <Icon name="down" />
          </button>
        )}
      </div>
      <Composer onSend={send} onTyping={chat.setTyping} />
    </section>
  );
}

function Head({ id, chat: { info, presence }, nameOf }) {
  const statuses = useStatuses();
  const { transport } = useConnection();
  const party = info ? otherParty(info, me) : { id };
  const there = presence.includes(party.id) ? 'online' : statuses.get(party.id)?.status;
  const shown = transport === 'socket' ? (there ?? 'offline') : '';
  const setStatus = ({ target }) =>
    api('PATCH', `/api/conversations/${encodeURIComponent(id)}`, { status: target.value });
  return (
    <header className="thread-header">
      {/* biome-ignore lint/a11y/useValidAnchor: without an id in it the address is the list's */}
      <a className="icon-button thread-back" href="#" aria-label="Back to the inbox">
        <Icon name="back" />
      </a>
      <Avatar id={party.id} name={nameOf(party.id)} presence={shown} />
      <div className="thread-who">
        <h2 id="thread-name">{info ? nameOf(party.id) : 'Conversation'}</h2>
        <p className="thread-subtitle">
          {[PRESENCE[shown], info?.title].filter(Boolean).join(' · ')}
        </p>
      </div>
      {info?.status && me.role !== 'customer' && (
        <label className="chip thread-status" data-status={info.status}>
          <span className="visually-hidden">Status</span>
          <select value={info.status} onChange={setStatus}>
            <option value="open">Open</option>
            <option value="pending">Pending</option>
            <option value="resolved">Resolved</option>
          </select>
          <Icon name="chevron" />
        </label>
      )}
      {info && (
        <a
          className="icon-button thread-as"
          href={linkAs(party.id, id)}
          target="_blank"
          rel="noopener"
          aria-label={`Open as ${nameOf(party.id)} in a new tab`}
        >
          <Icon name="new-tab" />
        </a>
      )}
    </header>
  );
}

function Notice({ chat: { messages, status, error } }) {
  const { isConnected } = useConnection();
  if (status === 'error') return <p className="log-notice">{error?.message}</p>;
  if (messages.length > 0 || status === 'joining' || status === 'idle') return null;
  return (
    <p className="log-notice">
      {isConnected ? 'No messages yet. Say hello!' : 'Messages appear once you are connected.'}
    </p>
  );
}

function Typing({ names }) {
  const who = new Intl.ListFormat('en').format(names);
  return (
    <div className={`typing ${names.length > 0 ? 'on' : ''}`} data-testid="typing" role="status">
      <span className="typing-dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span>{names.length > 0 && `${who} ${names.length > 1 ? 'are' : 'is'} typing…`}</span>
    </div>
  );
}

/** The key of the first message that was unread when the conversation was opened. */
function useUnreadLine(messages, unreadCount) {
  const [atOpening] = useState(unreadCount);
  const [from, setFrom] = useState();
  if (from === undefined && messages.length > 0) setFrom(firstUnread(messages, atOpening, me));
  return from;
}

/** What is at the end of the page, and seen, is read. */
function useMarkRead({ messages, info, markRead }, isAtEnd) {
  const last = messages.at(-1)?.id;
  const isUnread = info?.unreadCount > 0;
  useEffect(() => {
    const mark = () => {
      if (last && isUnread && isAtEnd && !document.hidden) markRead();
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [last, isUnread, isAtEnd, markRead]);
}
