// The list of conversations: latest first, with what was said last and how much of it is unread.

import { $, fromTemplate, keyedList, setText } from './dom.js';
import { textOf } from './message.js';
import { learn, nameOf, otherParty, paintAvatar } from './people.js';
import { hashOf, me } from './session.js';
import { refreshTimes, setRelative } from './time.js';
import { isMine, timeOf } from './timeline.js';

const STATUS = { open: 'Open', pending: 'Pending', resolved: 'Resolved' };

export const titleOf = (info) => info.title || 'Conversation';
const movedAt = (info) => timeOf(info.lastMessage) ?? (Date.parse(info.updatedAt) || 0);

export function mountList({ list, empty, loading, filters }, client) {
  let filter = 'all';
  let selected = null;
  // An empty list and one that has not come yet look the same: after a while it is empty.
  let arrived = false;
  let patience;

  const render = keyedList(list, {
    key: (info) => info.id,
    create: () => fromTemplate('conversation-template'),
    update: updateItem,
  });

  function refresh() {
    const all = client.conversations.getSnapshot();

    for (const info of all) info.participants?.forEach(learn);
    const shown = all.filter((info) => filter === 'all' || info.status === filter);
    render(shown);
    mark();

    if (!patience && client.connection.getSnapshot().isConnected) {
      patience = setTimeout(() => {
        arrived = true;
        refresh();
      }, 2_000);
    }
    loading.hidden = arrived || all.length > 0;
    empty.hidden = shown.length > 0 || !loading.hidden;
    setText(empty, all.length > 0 ? `No ${filter} conversations.` : 'No conversations yet.');
  }

  function mark() {
    for (const item of list.querySelectorAll('[aria-current]'))
      item.removeAttribute('aria-current');
    itemOf(selected)?.setAttribute('aria-current', 'true');
  }

  function itemOf(id) {
    return id === null ? null : $(`[data-conversation-id="${CSS.escape(id)}"]`, list);
  }

  filters.hidden = me.role === 'customer';
  filters.addEventListener('click', ({ target }) => {
    if (!target.dataset.filter) return;
    filter = target.dataset.filter;
    for (const button of filters.children)
      button.setAttribute('aria-pressed', String(button === target));
    refresh();
  });

  client.conversations.subscribe(refresh);
  client.connection.subscribe(refresh);
  setInterval(() => refreshTimes(list), 30_000);
  refresh();

  return {
    select(id) {
      const left = selected;
      selected = id;
      mark();
      return { focusLeft: () => itemOf(left)?.focus() };
    },
  };
}

function updateItem(node, info) {
  const item = $('.item', node);
  const party = otherParty(info, me);
  learn(party);
  item.href = hashOf(info.id);
  item.dataset.conversationId = info.id;
  item.classList.toggle('unread', info.unreadCount > 0);

  paintAvatar($('.avatar', item), party.id);
  $('.item-name', item).textContent = nameOf(party.id);
  $('.item-title', item).textContent = titleOf(info);
  $('.item-preview', item).textContent = previewOf(info.lastMessage, party);
  const at = movedAt(info);
  if (at) setRelative($('.item-time', item), at);

  const status = $('.item-status', item);
  status.hidden = !STATUS[info.status];
  status.dataset.status = info.status;
  status.textContent = STATUS[info.status] ?? '';

  const unread = $('.item-unread', item);
  unread.hidden = !(info.unreadCount > 0);
  unread.textContent = info.unreadCount > 99 ? '99+' : String(info.unreadCount ?? 0);
  unread.setAttribute('aria-label', `${info.unreadCount} unread`);
}

function previewOf(message, party) {
  if (!message) return 'No messages yet';
  const text = textOf(message.content).slice(0, 200);
  if (isMine(message, me)) return `You: ${text}`;
  if (message.senderId === party.id) return text;
  return `${message.senderName ?? nameOf(message.senderId ?? '')}: ${text}`;
}
