// @vitest-environment jsdom
// useWebSocket with the real package against a real server.
import { cleanup, render } from '@testing-library/react';
import { Activity, StrictMode, useEffect } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { useWebSocket } from '../../src/js/react.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

afterEach(cleanup);

/** A component that uses the hook and says so; `now()` is what the hook returned last. */
function probe(url, onMessage, options = QUICK) {
  const renders = vi.fn();
  let latest;
  const given = { url, onMessage, options };
  function Probe(props) {
    renders();
    const { url, onMessage, options } = { ...given, ...props };
    latest = useWebSocket(url, onMessage, options);
    return latest.isConnected ? 'connected' : 'not connected';
  }
  const connected = () => until(() => expect(latest.isConnected).toBe(true));
  return { Probe, renders, now: () => latest, connected };
}

const message = (id) => ({ type: 'message', conversationId: 'conv_1', data: { id, content: id } });
const messagesOf = (onMessage) =>
  onMessage.mock.calls.map(([event]) => event).filter(({ type }) => type === 'message');

test('the drop-in component in StrictMode: one socket, one subscribe, no unsubscribe', async () => {
  const token = 'secret';
  const handleWebSocketMessage = vi.fn();
  let mounts = 0;
  function Chat({ conversationId }) {
    const { send, isConnected } = useWebSocket(
      `${server.url}?token=${token}`,
      handleWebSocketMessage,
    );
    // biome-ignore lint/correctness/useExhaustiveDependencies: as people have it
    useEffect(() => {
      if (isConnected) send({ type: 'subscribe', conversationId });
      return () => {
        if (isConnected) send({ type: 'unsubscribe', conversationId });
      };
    }, [isConnected, conversationId]);
    useEffect(() => {
      mounts += 1;
    }, []);
    return isConnected ? 'connected' : 'not connected';
  }
  const page = (
    <StrictMode>
      <Chat conversationId="conv_1" />
    </StrictMode>
  );
  const { container, unmount } = render(page);
  expect(container.textContent).toBe('not connected');
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  expect(container.textContent).toBe('connected');
  expect(server.dialled).toEqual(['/?token=secret']);
  server.say(message('m1'));
  await until(() => expect(messagesOf(handleWebSocketMessage)).toHaveLength(1));
  expect(handleWebSocketMessage).toHaveBeenCalledWith(
    expect.objectContaining({ ...message('m1'), via: 'socket' }),
  );

  server.drop();
  await until(() => expect(container.textContent).toBe('not connected'));
  await until(() => expect(container.textContent).toBe('connected'));
  await until(() => expect(server.heard('subscribe')).toHaveLength(2));
  server.say(message('m1'));
  server.say(message('m2'));
  await until(() => expect(messagesOf(handleWebSocketMessage)).toHaveLength(2));
  expect(server.heard('unsubscribe')).toHaveLength(0);
  expect(mounts).toBe(2);

  unmount();
  await until(() => expect(server.sockets).toHaveLength(0));
});

test('messages and phases cause no render', async () => {
  const onMessage = vi.fn();
  const { Probe, renders, connected } = probe(server.url, onMessage);
  render(<Probe />);
  await connected();
  expect(renders).toHaveBeenCalledTimes(2);
  for (let id = 0; id < 100; id += 1) server.say(message(`m${id}`));
  await until(() => expect(messagesOf(onMessage)).toHaveLength(100));
  expect(renders).toHaveBeenCalledTimes(2);
});

test('onMessage gets what on(*) gets, and the latest one is called', async () => {
  const [first, second] = [vi.fn(), vi.fn()];
  const { Probe, now, connected } = probe(server.url, first);
  const { rerender } = render(<Probe />);
  await connected();
  const { send } = now();
  rerender(<Probe onMessage={second} />);
  expect(now().send).toBe(send);
  server.say({ type: 'order', data: { id: 7 }, extra: true });
  await until(() => expect(second).toHaveBeenCalled());
  expect(second.mock.lastCall[0]).toMatchObject({ type: 'order', data: { id: 7 }, extra: true });
  expect(first.mock.calls.some(([{ type }]) => type === 'order')).toBe(false);
});

test('the same address and the same plain options share one client; others do not', async () => {
  const one = probe(`${server.url}/ws?token=1`, undefined, { ...QUICK, token: () => 'a' });
  const same = probe(`${server.url}/ws?token=2`, undefined, {
    token: () => 'b',
    backoff: { maxMs: 20, minMs: 10 },
    lingerMs: 30,
  });
  const other = probe(`${server.url}/ws`);
  const elsewhere = probe(`${server.url}/elsewhere`);
  render([one, same, other, elsewhere].map(({ Probe }, index) => <Probe key={String(index)} />));
  await Promise.all([one, same, other, elsewhere].map((each) => each.connected()));
  expect(same.now().client).toBe(one.now().client);
  const different = new Set([one, other, elsewhere].map(({ now }) => now().client));
  expect(different.size).toBe(3);
  expect(server.sockets).toHaveLength(3);
});

test('the client stays as long as somebody uses it', async () => {
  const onMessage = vi.fn();
  const [one, two] = [probe(server.url), probe(server.url, onMessage)];
  const first = render(<one.Probe />);
  await one.connected();
  const second = render(<two.Probe />);
  await two.connected();
  first.unmount();
  server.say({ type: 'still there' });
  await until(() =>
    expect(onMessage).toHaveBeenCalledWith(expect.objectContaining({ type: 'still there' })),
  );
  second.unmount();
  await until(() => expect(server.sockets).toHaveLength(0));
  expect(server.dialled).toHaveLength(1);

  const three = probe(server.url);
  render(<three.Probe />);
  await three.connected();
  expect(three.now().client).not.toBe(two.now().client);
});

test('what one component subscribed to ends with it, and nothing else does', async () => {
  const [one, two] = [probe(server.url), probe(server.url)];
  const first = render(<one.Probe />);
  render(<two.Probe />);
  await Promise.all([one.connected(), two.connected()]);
  one.now().send({ type: 'subscribe', conversationId: 'a' });
  one.now().send({ type: 'subscribe', conversationId: 'b' });
  two.now().send({ type: 'subscribe', conversationId: 'b' });
  await until(() => expect(server.heard('subscribe')).toHaveLength(2));
  first.unmount();
  await until(() => expect(server.heard('unsubscribe')).toHaveLength(1));
  expect(server.heard('unsubscribe')[0].conversationId).toBe('a');
  two.now().send({ type: 'done' });
  await until(() => expect(server.heard('done')).toHaveLength(1));
  expect(server.heard('unsubscribe')).toHaveLength(1);
});

test('a changed query keeps the client and is used at the next dial, as are new functions', async () => {
  const token = (name) => () => name;
  const { Probe, now, connected } = probe(`${server.url}?room=1`);
  const options = (name) => ({ ...QUICK, token: token(name) });
  const { rerender } = render(<Probe options={options('old')} />);
  await connected();
  const { client } = now();
  rerender(<Probe url={`${server.url}?room=2`} options={options('new')} />);
  expect(now().client).toBe(client);
  expect(server.dialled).toEqual(['/?room=1&token=old']);
  server.drop();
  await until(() => expect(server.dialled).toHaveLength(2));
  expect(server.dialled[1]).toBe('/?room=2&token=new');
  expect(now().client).toBe(client);
  await connected();
});

test('another address is another client, and takes no subscription along', async () => {
  const { Probe, now, connected } = probe(`${server.url}/a`);
  const { rerender } = render(<Probe />);
  await connected();
  const { send, client } = now();
  send({ type: 'subscribe', conversationId: 'conv_1' });
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  rerender(<Probe url={`${server.url}/b`} />);
  await until(() => expect(server.dialled).toEqual(['/a', '/b']));
  await until(() => expect(server.sockets).toHaveLength(1));
  await connected();
  expect(now().send).toBe(send);
  expect(now().client).not.toBe(client);
  expect(server.heard('subscribe')).toHaveLength(1);
});

test('without an address nothing is opened and nothing is sent', async () => {
  const { Probe, now, connected } = probe(null);
  const { rerender } = render(<Probe />);
  expect(now()).toMatchObject({ isConnected: false, client: null });
  const delivery = now().send({ type: 'subscribe', conversationId: 'conv_1' });
  expect(await delivery.result).toEqual({ status: 'dropped', reason: 'closed' });
  expect(delivery.cancel()).toBe(false);
  rerender(<Probe url={server.url} />);
  await connected();
  rerender(<Probe url={null} />);
  expect(now()).toMatchObject({ isConnected: false, client: null });
  await until(() => expect(server.sockets).toHaveLength(0));
  expect(server.frames).toEqual([]);
});

test('what is sent before there is a connection waits for it, in StrictMode too', async () => {
  function Child({ send }) {
    useEffect(() => {
      send({ type: 'subscribe', conversationId: 'conv_1' });
      return () => void send({ type: 'unsubscribe', conversationId: 'conv_1' });
    }, [send]);
    return null;
  }
  function Parent() {
    const { send } = useWebSocket(server.url, undefined, QUICK);
    useEffect(() => void send({ type: 'greeting' }), [send]);
    return <Child send={send} />;
  }
  render(
    <StrictMode>
      <Parent />
    </StrictMode>,
  );
  // Effects run twice in StrictMode; what they subscribe to is subscribed to once.
  await until(() => expect(server.heard('greeting')).toHaveLength(2));
  expect(server.dialled).toHaveLength(1);
  expect(server.heard('subscribe')).toHaveLength(1);
  expect(server.heard('unsubscribe')).toHaveLength(0);
});

test('autoConnect: false waits until it is told', async () => {
  const { Probe, now, connected } = probe(server.url, undefined, { ...QUICK, autoConnect: false });
  render(<Probe />);
  await until(() => expect(now().client).toBeTruthy());
  expect(now().client.connection.getSnapshot().phase).toBe('idle');
  now().client.connect();
  await connected();
});

test('a client that the application closed stays closed until all have gone', async () => {
  const { Probe, now, connected } = probe(server.url);
  const { container, unmount } = render(<Probe />);
  await connected();
  now().client.close();
  await until(() => expect(container.textContent).toBe('not connected'));
  expect(await now().send({ type: 'x' }).result).toEqual({ status: 'dropped', reason: 'closed' });
  unmount();
  const next = probe(server.url);
  await until(() => expect(server.sockets).toHaveLength(0));
  render(<next.Probe />);
  await next.connected();
  expect(server.dialled).toHaveLength(2);
});

test('a hidden page lets go, and connects anew when it is shown', async () => {
  const { Probe, connected, now } = probe(server.url);
  const page = (mode) => (
    <Activity mode={mode}>
      <Probe />
    </Activity>
  );
  const { rerender } = render(page('visible'));
  await connected();
  const { client } = now();
  rerender(page('hidden'));
  await until(() => expect(server.sockets).toHaveLength(0));
  await until(() => expect(client.connection.getSnapshot().phase).toBe('closed'));
  rerender(page('visible'));
  await until(() => expect(server.sockets).toHaveLength(1));
  expect(now().client).not.toBe(client);
  await connected();
});

test('a wrong option or address is told at once', () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
  for (const [url, options] of [
    ['ftp://x', undefined],
    ['/ws', { bakcoff: {} }],
  ]) {
    const { Probe } = probe(url, undefined, options);
    expect(() => render(<Probe />)).toThrow(expect.objectContaining({ code: 'invalid-option' }));
  }
  quiet.mockRestore();
});

test('what a server rendered is hydrated without a mismatch, and then connects', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { Probe, connected } = probe(server.url);
  // Another one has connected already: the server's page still says what it said.
  const other = probe(server.url);
  render(<other.Probe />);
  await other.connected();
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = renderToString(<Probe />);
  expect(container.textContent).toBe('not connected');
  const onRecoverableError = vi.fn();
  const root = hydrateRoot(container, <Probe />, { onRecoverableError });
  await connected();
  expect(container.textContent).toBe('connected');
  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(complaints).not.toHaveBeenCalled();
  root.unmount();
  container.remove();
});
