// What several parts of the page share.
import { useMemo } from 'react';
import { useAgents, useConnection, useConversations } from 'talkwire/react';
import icons from '../../vanilla/icons.svg?no-inline';
import { hueOf, initialsOf, titleCase } from '../../vanilla/people.js';

export function Icon({ name }) {
  return (
    <svg aria-hidden="true">
      <use href={`${icons}#${name}`} />
    </svg>
  );
}

export function Avatar({ id, name, presence = '', className = '', label }) {
  const isImage = label
    ? { role: 'img', 'aria-label': label, title: label }
    : { 'aria-hidden': true };
  return (
    <span
      className={`avatar ${className}`}
      style={{ '--hue': hueOf(id) }}
      data-presence={presence}
      {...isImage}
    >
      {initialsOf(name)}
    </span>
  );
}

/** Names people, as far as the list knows them. */
export function useNames() {
  const conversations = useConversations();
  return useMemo(() => {
    const people = conversations.flatMap(({ participants = [] }) => participants);
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return (id) => names.get(id) ?? titleCase(id);
  }, [conversations]);
}

/** What agents say of themselves: it is known over a live socket only. */
export function useStatuses() {
  const agents = useAgents();
  const { transport } = useConnection();
  return transport === 'socket' ? agents : new Map();
}
