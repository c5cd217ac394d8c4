// The menu of the person signed in: their status, and the page as somebody else in a new tab.

import { $ } from './dom.js';
import { learn, nameOf, paintAvatar } from './people.js';
import { api, idOf, linkAs, me } from './session.js';
import { statusOf } from './team.js';

const SHOWN = 8;

export function mountAccount(account, client) {
  const own = $('.avatar', account);
  const select = $('select', account);

  function render() {
    const status = statusOf(client, me.id);
    paintAvatar(own, me.id);
    own.dataset.presence = status ?? '';
    $('.account-name', account).textContent = nameOf(me.id);
    $('.account-role', account).textContent = me.role === 'customer' ? 'Customer' : 'Agent';
    $('.menu-status', account).hidden = status === null;
    if (status !== null && document.activeElement !== select) select.value = status;
  }

  function fillMenu() {
    const all = client.conversations.getSnapshot();
    const current = all.filter((info) => info.id === idOf(location.hash));
    const people = new Map();
    for (const { id, participants } of [...current, ...all]) {
      for (const person of participants ?? []) {
        if (person.id !== me.id && !people.has(person.id)) people.set(person.id, id);
      }
    }
    if (people.size === 0) people.set('agent_ana', null);
    const entries = [...people]
      .slice(0, SHOWN)
      .map(([id, conversationId]) => entry(id, conversationId));
    $('.menu-list', account).replaceChildren(...entries);
  }

  learn(me);
  select.addEventListener('change', () => {
    api('PUT', '/api/agents/me/status', { status: select.value }).catch(() => {
      select.blur();
      render();
    });
  });
  select.addEventListener('blur', render);
  account.addEventListener('toggle', () => {
    if (account.open) fillMenu();
  });
  account.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    account.open = false;
    $('summary', account).focus();
  });
  document.addEventListener('click', ({ target }) => {
    if (!account.contains(target) || target.closest('.menu a')) account.open = false;
  });

  client.agents.subscribe(render);
  client.connection.subscribe(render);
  client.conversations.subscribe(render);
  render();
}

function entry(id, conversationId) {
  const item = document.createElement('li');
  const link = document.createElement('a');
  const avatar = document.createElement('span');
  link.href = linkAs(id, conversationId);
  link.target = '_blank';
  link.rel = 'noopener';
  avatar.className = 'avatar small';
  avatar.setAttribute('aria-hidden', 'true');
  paintAvatar(avatar, id);
  link.append(avatar, nameOf(id));
  item.append(link);
  return item;
}
