// The open conversation: its head, its messages, who is typing, and the composer under it.

import { mountComposer } from './composer.js';
import { $, keyedList, setText } from './dom.js';
import { mountHistory } from './history.js';
import { titleOf } from './list.js';
import { createRow, updateRow } from './message.js';
import { learn, nameOf, namesOf, otherParty, paintAvatar } from './people.js';
import { keepPlace } from './scroll.js';
import { api, linkAs, me } from './session.js';
import { statusOf } from './team.js';
import { firstUnread, isMine, keyOf, sameItem, timelineOf } from './timeline.js';

const PRESENCE = { online: 'Online', away: 'Away', busy: 'Busy' };

export function mountThread(root, client) {
  const scroller = $('.log-scroller', root);
  const log = $('.log', root);
  const gap = $('.gap', root);
  const notice = $('.log-notice', root);
  const skeleton = $('.log-loading', root);
  const typing = $('.typing', root);
  const pill = $('.pill', root);
  const select = $('select', root);

  let conversation = null;
  let unsubscribe = null;
  let unreadCount = 0;
  let unreadFrom;
  let lastSeen = null;
  let lastMarked = null;

  const renderRows = keyedList(log, {
    key: (item) => item.key,
    create: createRow,
    update: updateRow,
    same: sameItem,
  });
  const place = keepPlace(scroller, log, () => {
    renderPill();
    markRead();
  });
  const history = mountHistory(
    { scroller, top: $('.log-top', root), label: $('.log-history', root) },
    render,
  );
  const composer = mountComposer($('.composer', root), client, () => {
    unreadFrom = null;
    render();
    place.toEnd();
  });

  const messages = () => conversation?.getSnapshot().messages ?? [];
  const infoOf = (id) => client.conversations.getSnapshot().find((info) => info.id === id) ?? null;
  const current = () => conversation.getSnapshot().info ?? infoOf(conversation.id);

  function render() {
    if (!conversation) return;
    const snapshot = conversation.getSnapshot();
    for (const { senderId, senderName } of snapshot.messages)
      learn({ id: senderId, name: senderName });
    if (unreadFrom === undefined && snapshot.messages.length > 0)
      unreadFrom = firstUnread(snapshot.messages, unreadCount, me);

    const wasEmpty = log.childElementCount === 0;
    place.during(() => {
      gap.hidden = !snapshot.hasGap;
      renderRows(timelineOf(snapshot.messages, { me, unreadFrom }));
      renderNotice(snapshot);
      renderTyping(snapshot);
    });
    if (wasEmpty && snapshot.messages.length > 0) history.watch();
    renderHeader();
    renderPill();
    markRead();
  }

  function renderHeader() {
    const info = current();
    const { presence } = conversation.getSnapshot();
    const party = info ? otherParty(info, me) : { id: conversation.id };
    learn(party);
    info?.participants?.forEach(learn);

    // Who is there is known over a live socket only.
    const live = client.connection.getSnapshot().transport === 'socket';
    const isThere = live && presence.includes(party.id);
    const there = isThere ? 'online' : (statusOf(client, party.id) ?? (live ? 'offline' : ''));
    const avatar = $('.thread-avatar', root);
    paintAvatar(avatar, party.id);
    avatar.dataset.presence = there;
    setText($('#thread-name', root), info ? nameOf(party.id) : 'Conversation');
    setText(
      $('.thread-subtitle', root),
      info ? [PRESENCE[there], titleOf(info)].filter(Boolean).join(' · ') : '',
    );

    const chip = $('.thread-status', root);
    chip.hidden = !info?.status;
    chip.dataset.status = info?.status ?? '';
    select.disabled = me.role === 'customer';
    if (info?.status && document.activeElement !== select) select.value = info.status;

    const as = $('.thread-as', root);
    as.hidden = !info;
    as.href = linkAs(party.id, conversation.id);
    as.title = `Open as ${nameOf(party.id)} in a new tab`;
    as.setAttribute('aria-label', as.title);
  }

  function renderNotice({ messages: all, status, error }) {
    const { isConnected } = client.connection.getSnapshot();
    const empty = all.length === 0;
    skeleton.hidden = !(empty && isConnected && (status === 'joining' || status === 'idle'));
    let text = '';
    if (status === 'error') text = error?.message ?? 'This conversation cannot be opened.';
    else if (empty && !isConnected) text = 'Messages appear here once you are connected.';
    else if (empty && skeleton.hidden) text = 'No messages yet. Say hello!';
    notice.hidden = text === '';
    setText(notice, text);
  }

  function renderTyping({ typing: ids }) {
    const others = ids.filter((id) => id !== me.id);
    typing.classList.toggle('on', others.length > 0);
    setText(
      $('.typing-text', typing),
      others.length === 0 ? '' : `${namesOf(others)} ${others.length > 1 ? 'are' : 'is'} typing…`,
    );
  }

  function renderPill() {
    const all = messages();
    if (place.atEnd) lastSeen = all.length > 0 ? keyOf(all.at(-1), me) : null;
    let fresh = 0;
    for (let i = all.length - 1; i >= 0 && keyOf(all[i], me) !== lastSeen; i -= 1)
      if (!isMine(all[i], me)) fresh += 1;
    pill.hidden = place.atEnd;
    pill.classList.toggle('fresh', fresh > 0);
    setText(
      pill.lastElementChild,
      fresh === 0
        ? ''
        : `${fresh > 99 ? '99+' : fresh} new ${fresh === 1 ? 'message' : 'messages'}`,
    );
    pill.setAttribute(
      'aria-label',
      fresh === 0 ? 'Jump to the latest message' : `${fresh} new, jump to the latest`,
    );
  }

  function markRead() {
    const last = messages().at(-1);
    const unread = last && infoOf(conversation.id)?.unreadCount > 0;
    if (!unread) lastMarked = null;
    if (!unread || !place.atEnd || document.hidden || last.id === lastMarked) return;
    lastMarked = last.id;
    conversation.markRead();
  }

  log.addEventListener('click', ({ target }) => {
    const { action } = target.dataset;
    const { clientId } = target.closest('.message')?.dataset ?? {};
    if (action === 'retry') conversation.retry(clientId);
    if (action === 'discard') conversation.discard(clientId);
  });
  pill.addEventListener('click', () => place.toEnd({ smooth: true }));
  gap.addEventListener('click', ({ target }) => {
    if (target.closest('button')) history.load({ again: true });
  });
  select.addEventListener('change', async () => {
    const { id } = conversation;
    try {
      await api('PATCH', `/api/conversations/${encodeURIComponent(id)}`, { status: select.value });
    } catch (error) {
      console.warn(error);
      select.blur();
      render();
    }
  });
  select.addEventListener('blur', render);
  document.addEventListener('visibilitychange', markRead);
  client.conversations.subscribe(render);
  client.connection.subscribe(render);
  client.agents.subscribe(render);

  return {
    open(id) {
      unsubscribe?.();
      renderRows([]);
      conversation = id === null ? null : client.conversation(id);
      unsubscribe = conversation?.subscribe(render) ?? null;
      unreadCount = id === null ? 0 : (infoOf(id)?.unreadCount ?? 0);
      unreadFrom = undefined;
      lastSeen = null;
      lastMarked = null;
      root.hidden = id === null;
      composer.open(conversation);
      history.open(conversation);
      render();
      place.toEnd();
    },
    focus() {
      // A keyboard that opens by itself hides half of a phone's screen.
      if (matchMedia('(hover: hover)').matches) composer.focus();
      else $('#thread-name', root).focus({ preventScroll: true });
    },
  };
}
