// The connection, in a line: what it does now, when it tries again, and by which way messages come.

import { $, setIcon, setText } from './dom.js';

const KEPT = 'What you write is kept and sent afterwards.';

function describe({ phase, transport, attempt, error }, started) {
  const polling = transport === 'polling';
  switch (phase) {
    case 'open':
      return { tone: 'good', state: 'Connected', detail: '' };
    case 'connecting':
      if (polling)
        return { tone: 'fair', state: 'Connected', detail: 'Trying the live socket again…' };
      return { tone: 'busy', state: attempt > 0 ? 'Reconnecting…' : 'Connecting…', detail: '' };
    case 'waiting':
      if (polling)
        return {
          tone: 'fair',
          state: 'Connected',
          detail: 'The live socket is down, messages come a little later.',
        };
      return { tone: 'bad', state: 'Connection lost', detail: KEPT };
    case 'offline':
      return { tone: 'bad', state: 'You are offline', detail: KEPT };
    default:
      if (!started) return { tone: 'busy', state: 'Connecting…', detail: '' };
      return { tone: 'bad', state: 'You are disconnected', detail: error?.message ?? KEPT };
  }
}

export function mountBanner(root, client) {
  const connect = $('.banner-connect', root);
  const drop = $('.banner-drop', root);
  const transport = $('.banner-transport', root);
  const countdown = $('.banner-countdown', root);
  let started = false;
  let ticker;

  function tick() {
    const { retryAt } = client.connection.getSnapshot();
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    setText(countdown.lastElementChild, `${seconds} s`);
  }

  function render() {
    const connection = client.connection.getSnapshot();
    started ||= connection.phase !== 'idle';
    const down = started && (connection.phase === 'idle' || connection.phase === 'closed');
    const { tone, state, detail } = describe(connection, started);

    root.dataset.phase = connection.phase;
    root.dataset.transport = connection.transport ?? 'none';
    root.dataset.tone = tone;
    setText($('.banner-state', root), state);
    setText($('.banner-detail', root), detail);

    transport.hidden = connection.transport === null;
    setText(
      transport.lastElementChild,
      connection.transport === 'polling' ? 'Polling' : 'Live socket',
    );
    setIcon(transport.firstElementChild, connection.transport === 'polling' ? 'poll' : 'bolt');

    clearInterval(ticker);
    countdown.hidden = connection.retryAt === null;
    if (!countdown.hidden) {
      tick();
      ticker = setInterval(tick, 250);
    }

    connect.hidden = !down && connection.phase !== 'waiting' && connection.phase !== 'offline';
    setText(connect, down ? 'Reconnect' : 'Try now');
    drop.hidden = down;
  }

  connect.addEventListener('click', () => client.connect());
  drop.addEventListener('click', () => {
    client.disconnect();
    render();
    connect.focus();
  });
  client.connection.subscribe(render);
  render();
}
