// Who of the team is there, and the menu that opens the page as somebody else.

import { $ } from './dom.js';
import { asPerson, learn, nameOf, paintAvatar } from './people.js';
import { idOf, linkAs, me } from './session.js';

const SHOWN = 4;

export const statusOf = (agent) => (typeof agent === 'string' ? agent : agent?.status);

export function mountTeam(team, account, client) {
  learn(me);
  const own = $('.avatar', account);

  function render() {
    const live = client.connection.getSnapshot().transport === 'socket';
    const agents = live ? client.agents.getSnapshot() : new Map();
    const others = [...agents].filter(([id]) => id !== me.id).slice(0, SHOWN);
    team.replaceChildren(...others.map(([id, agent]) => face(id, statusOf(agent))));
    paintAvatar(own, me.id);
    own.dataset.presence = statusOf(agents.get(me.id)) ?? '';
    $('.account-name', account).textContent = nameOf(me.id);
    $('.account-role', account).textContent = me.role === 'customer' ? 'Customer' : 'Agent';
  }

  function fillMenu() {
    const people = new Map();
    const add = ({ id }, conversationId) => {
      if (id !== me.id && !id.startsWith('bot') && !people.has(id)) people.set(id, conversationId);
    };
    const all = client.conversations.getSnapshot();
    const current = all.find((info) => info.id === idOf(location.hash));
    for (const info of current ? [current, ...all] : all) {
      if (info.customer) add(info.customer, info.id);
      info.participants?.map(asPerson).forEach((person) => {
        add(person, info.id);
      });
    }
    if (people.size === 0) add({ id: 'agent_ana' });
    $('.menu-list', account).replaceChildren(
      ...[...people].slice(0, 8).map(([id, conversationId]) => entry(id, conversationId)),
    );
  }

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

function face(id, status = 'offline') {
  const node = document.createElement('span');
  node.className = 'avatar small';
  node.dataset.presence = status;
  paintAvatar(node, id);
  node.title = `${nameOf(id)}, ${status}`;
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', node.title);
  return node;
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
