// A support inbox in plain HTML, CSS and ES modules. This file wires the client to the parts of the page.

import { createClient } from '../../src/js/index.js';
import { mountAccount } from './account.js';
import { mountBanner } from './banner.js';
import { $ } from './dom.js';
import { mountList } from './list.js';
import { options, url } from './options.js';
import { hashOf, idOf, me } from './session.js';
import { mountStart } from './start.js';
import { mountTeam } from './team.js';
import { mountThread } from './thread.js';

const client = createClient({ url, ...options });

const app = $('#app');
const thread = mountThread($('#thread'), client);
const list = mountList(
  {
    list: $('#list'),
    empty: $('#list-empty'),
    loading: $('#list-loading'),
    filters: $('#filters'),
  },
  client,
);
mountBanner($('#banner'), client);
mountStart($('#new'), $('#new-dialog'));
mountTeam($('#team'), client);
mountAccount($('#account'), client);

let opened;

function route() {
  const id = idOf(location.hash);
  if (id === opened) return;
  opened = id;
  const { focusLeft } = list.select(id);
  app.dataset.screen = id === null ? 'list' : 'thread';
  $('#welcome').hidden = id !== null;
  thread.open(id);
  if (id === null) focusLeft();
  else thread.focus();
}

function renderTitle() {
  const unread = client.conversations
    .getSnapshot()
    .reduce((sum, info) => sum + (info.unreadCount || 0), 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ''}Inbox · talkwire`;
}

/** A customer has one thing to talk about, mostly: it opens by itself. */
function openLatest() {
  const [latest] = client.conversations.getSnapshot();
  if (!latest) return;
  stopWaiting();
  if (!location.hash) location.replace(hashOf(latest.id));
}

client.conversations.subscribe(renderTitle);
const stopWaiting = me.role === 'customer' ? client.conversations.subscribe(openLatest) : () => {};
addEventListener('hashchange', route);
route();
client.connect();
