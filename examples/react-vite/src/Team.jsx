// Who of the team is there.
import { me } from '../../vanilla/session.js';
import { Avatar, useNames, useStatuses } from './parts.jsx';

const SHOWN = 4;

export function Team() {
  const nameOf = useNames();
  const there = [...useStatuses().values()].filter(
    ({ agentId, status }) => agentId !== me.id && status !== 'offline',
  );
  return (
    <div className="team">
      {there.slice(0, SHOWN).map(({ agentId, status }) => (
        <Avatar
          key={agentId}
          id={agentId}
          name={nameOf(agentId)}
          presence={status}
          className="small"
          label={`${nameOf(agentId)}, ${status}`}
        />
      ))}
    </div>
  );
}
