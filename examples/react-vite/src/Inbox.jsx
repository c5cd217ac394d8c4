// The page: how it is connected, the conversations, and the one that is open.
import { useEffect, useState } from 'react';
import { useConversations } from 'talkwire/react';
import { idOf, me } from '../../vanilla/session.js';
import { Banner } from './Banner.jsx';
import { ConversationList } from './ConversationList.jsx';
import { Icon } from './parts.jsx';
import { Team } from './Team.jsx';
import { Thread } from './Thread.jsx';

const FILTERS = ['all', 'open', 'pending', 'resolved'];

export function Inbox() {
  const openId = useHash();
  const unread = useConversations().reduce((sum, info) => sum + (info.unreadCount ?? 0), 0);
  const [filter, setFilter] = useState('all');
  return (
    <div className="app" data-screen={openId === null ? 'list' : 'thread'}>
      <title>{`${unread > 0 ? `(${unread}) ` : ''}Inbox · talkwire`}</title>
      <Banner />
      <main className="panes">
        <h1 className="visually-hidden">Support inbox</h1>
        <section className="inbox" aria-labelledby="inbox-name">
          <header className="inbox-header">
            <h2 id="inbox-name">Inbox</h2>
            <Team />
          </header>
          {me.role !== 'customer' && <Filters chosen={filter} onChoose={setFilter} />}
          <ConversationList filter={filter} openId={openId} />
        </section>
        <div className="pane">
          {openId === null ? <Welcome /> : <Thread key={openId} id={openId} />}
        </div>
      </main>
    </div>
  );
}

function Filters({ chosen, onChoose }) {
  return (
    <fieldset className="filters">
      <legend className="visually-hidden">Filter by status</legend>
      {FILTERS.map((filter) => (
        <button
          key={filter}
          type="button"
          aria-pressed={filter === chosen}
          onClick={() => onChoose(filter)}
        >
          {filter[0].toUpperCase() + filter.slice(1)}
        </button>
      ))}
    </fieldset>
  );
}

function Welcome() {
  return (
    <div className="welcome">
      <Icon name="chats" />
      <p className="welcome-title">Pick a conversation</p>
      <p>Add ?as=cust_leo to the address in a second tab to talk to yourself.</p>
    </div>
  );
}

/** The id of the open conversation, out of the address. */
function useHash() {
  const [id, setId] = useState(() => idOf(location.hash));
  useEffect(() => {
    const read = () => setId(idOf(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return id;
}
