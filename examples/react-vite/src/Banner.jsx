// The connection, in a line: what it does now, when it tries again, and by which way messages come.
import { useEffect, useState } from 'react';
import { useClient, useConnection } from 'talkwire/react';
import { Icon } from './parts.jsx';

const KEPT = 'What you write is kept and sent afterwards.';

export function Banner() {
  const client = useClient();
  const connection = useConnection();
  const { phase, transport, retryAt } = connection;
  const [isDropped, setDropped] = useState(false);
  const isDown = isDropped || phase === 'closed';
  const { tone, state, detail } = describe(connection, isDown);
  const drop = () => {
    setDropped(true);
    client.disconnect();
  };
  const connect = () => {
    setDropped(false);
    client.connect();
  };
  return (
    <section
      className="banner"
      aria-label="Connection"
      data-testid="connection-banner"
      data-phase={phase}
      data-transport={transport ?? 'none'}
      data-tone={tone}
    >
      <span className="banner-dot" aria-hidden="true" />
      <p className="banner-text">
        <span role="status">
          <strong className="banner-state">{state}</strong>
          {transport && (
            <span className="banner-transport">
              <Icon name={transport === 'polling' ? 'poll' : 'bolt'} />
              {transport === 'polling' ? 'Polling' : 'Live socket'}
            </span>
          )}
          <span className="banner-detail">{detail}</span>
        </span>
        {retryAt !== null && <Countdown key={retryAt} until={retryAt} />}
      </p>
      {(isDown || phase === 'waiting' || phase === 'offline') && (
        <button type="button" className="button banner-connect" onClick={connect}>
          {isDown ? 'Reconnect' : 'Try now'}
        </button>
      )}
      {!isDown && (
        <button
          type="button"
          className="button quiet banner-drop"
          data-testid="drop-connection"
          aria-label="Disconnect"
          onClick={drop}
        >
          <Icon name="unplug" />
          <span>Disconnect</span>
        </button>
      )}
    </section>
  );
}

function Countdown({ until }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticker = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(ticker);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <span className="banner-countdown">Next try in {seconds} s</span>;
}

function describe({ phase, transport, attempt, error }, isDown) {
  const isPolling = transport === 'polling';
  if (isDown) return { tone: 'bad', state: 'You are disconnected', detail: error?.message ?? KEPT };
  if (phase === 'open') return { tone: 'good', state: 'Connected', detail: '' };
  if (phase === 'offline') return { tone: 'bad', state: 'You are offline', detail: KEPT };
  if (isPolling)
    return { tone: 'fair', state: 'Connected', detail: 'Messages come a little later.' };
  if (phase === 'waiting') return { tone: 'bad', state: 'Connection lost', detail: KEPT };
  return { tone: 'busy', state: attempt > 0 ? 'Reconnecting…' : 'Connecting…', detail: '' };
}
