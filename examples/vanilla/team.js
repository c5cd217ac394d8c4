// Who of the team is there.

import { nameOf, paintAvatar } from './people.js';
import { me } from './session.js';

const SHOWN = 4;

/** What an agent says of themselves; null where it is not known, which it is over a live socket only. */
export function statusOf(client, id) {
  if (client.connection.getSnapshot().transport !== 'socket') return null;
  return statusIn(client.agents.getSnapshot().get(id));
}

const statusIn = (agent) => (typeof agent === 'string' ? agent : agent?.status) ?? null;

export function mountTeam(team, client) {
  function render() {
    const there = [...client.agents.getSnapshot().keys()]
      .filter((id) => id !== me.id && (statusOf(client, id) ?? 'offline') !== 'offline')
      .slice(0, SHOWN);
    team.replaceChildren(...there.map((id) => face(id, statusOf(client, id))));
  }

  client.agents.subscribe(render);
  client.connection.subscribe(render);
  client.conversations.subscribe(render);
  render();
}

function face(id, status) {
  const node = document.createElement('span');
  node.className = 'avatar small';
  node.dataset.presence = status;
  paintAvatar(node, id);
  node.title = `${nameOf(id)}, ${status}`;
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', node.title);
  return node;
}
