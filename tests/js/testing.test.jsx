// @vitest-environment jsdom
// A fake server for tests of what people build, as they would write them.
import { act, cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useEffect, useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  TalkwireProvider,
  useConnection,
  useConversation,
  useWebSocket,
} from '../../src/js/react.js';
import { createFakeServer } from '../../src/js/testing.js';
import './support/until.js';

let server;

beforeEach(() => {
  server = createFakeServer();
});

afterEach(() => {
  cleanup();
  server.close();
});

/** What somebody wants to test. */
function Chat({ id }) {
  const { messages, typing, send, retry } = useConversation(id);
  const { phase } = useConnection();
  const [draft, setDraft] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(draft);
      }}
    >
      <output>{phase}</output>
      <ul>
        {messages.map(({ id, content, state, clientId }) => (
          <li key={clientId ?? id}>
            {content} ({state})
            {state === 'failed' && (
              <button type="button" onClick={() => retry(clientId)}>
                Try again
              </button>
            )}
          </li>
        ))}
      </ul>
      <p>{typing.length > 0 && `${typing} types`}</p>
      <input aria-label="Message" value={draft} onChange={({ target }) => setDraft(target.value)} />
      <button type="submit">Send</button>
    </form>
  );
}

const show = (options) =>
  render(
    <TalkwireProvider client={server.client(options)}>
      <Chat id="conv_1" />
    </TalkwireProvider>,
  );

async function write(text) {
  await userEvent.type(screen.getByLabelText('Message'), text);
  await userEvent.click(screen.getByText('Send'));
}

// The example of the README.
test('a message that is refused can be sent again', async () => {
  const server = createFakeServer();
  render(
    <TalkwireProvider client={server.client()}>
      <Chat id="conv_1" />
    </TalkwireProvider>,
  );
  server.hold();
  await userEvent.type(screen.getByLabelText('Message'), 'Hello');
  await userEvent.click(screen.getByText('Send'));
  await screen.findByText('Hello (pending)');
  await server.next('message');
  server.reject();
  server.release();
  await userEvent.click(await screen.findByText('Try again'));
  await screen.findByText('Hello (sent)');
  server.close();
});

test('what somebody says is shown, whether it was said before or after', async () => {
  server.say('conv_1', 'before');
  show();
  await screen.findByText('before (received)');
  server.say('conv_1', 'after');
  await screen.findByText('after (received)');
  expect(server.subscriptions).toEqual(['conv_1']);
});

test('what is emitted while nobody is there is heard by who comes', async () => {
  server.emit({
    type: 'typing',
    conversationId: 'conv_1',
    data: { userId: 'leo', isTyping: true },
  });
  show();
  await screen.findByText('leo types');
  await act(() => server.advance(10_000));
  expect(screen.queryByText('leo types')).toBe(null);
});

test('after a drop it is connected again in its time, with what was said meanwhile', async () => {
  show();
  await screen.findByText('open');
  server.refuse();
  server.say('conv_1', 'meanwhile');
  await screen.findByText('waiting');
  await act(() => server.advance(60_000));
  expect(screen.getByText('waiting')).toBeTruthy();
  server.accept();
  await act(() => server.advance(60_000));
  expect(screen.getByText('open')).toBeTruthy();
  expect(screen.getByText('meanwhile (received)')).toBeTruthy();
  expect(server.connections).toBe(1);
});

test('what is not answered fails in its time, and its twin is stored once', async () => {
  show();
  await screen.findByText('open');
  server.hold();
  await write('Hello');
  await screen.findByText('Hello (pending)');
  await act(() => server.advance(120_000));
  expect(screen.getByText('Hello (failed)')).toBeTruthy();
  expect(server.frames.filter(({ type }) => type === 'message').length).toBeGreaterThan(1);
  server.release();
  await userEvent.click(screen.getByText('Try again'));
  await screen.findByText('Hello (sent)');
  expect(screen.getAllByRole('listitem')).toHaveLength(1);
});

test('a token that is refused is asked for anew, and then it stops', async () => {
  const token = vi.fn(() => 'stale');
  server.refuse(4401);
  show({ token });
  await act(() => server.advance(60_000));
  expect(token).toHaveBeenLastCalledWith(expect.objectContaining({ code: 4401 }));
  expect(screen.getByText('closed')).toBeTruthy();
});

test('a request gets what it is given', async () => {
  const client = server.client();
  const found = client.request('search', { text: 'refund' });
  expect(await server.next('search')).toMatchObject({ data: { text: 'refund' } });
  server.ack(['conv_1']);
  expect(await found).toEqual(['conv_1']);
  expect(() => server.ack()).toThrow(/Nothing waits/);
});

test('a component that has its own address ends there, too', async () => {
  const onMessage = vi.fn();
  function Page() {
    const { isConnected, send } = useWebSocket('/ws?token=1', onMessage);
    useEffect(() => {
      if (isConnected) send({ type: 'subscribe', conversationId: 'conv_1' });
    }, [isConnected, send]);
    return isConnected ? 'connected' : 'not connected';
  }
  render(<Page />);
  await screen.findByText('connected');
  server.say('conv_1', 'Hello');
  await server.next('subscribe');
  expect(onMessage.mock.calls.map(([{ data }]) => data.content)).toEqual(['Hello']);
});

test('a server without features is a plain one', async () => {
  server.close();
  server = createFakeServer({ features: null });
  show();
  await screen.findByText('open');
  await server.next('subscribe');
  await write('Hello');
  await screen.findByText('Hello (sent)');
  expect(server.frames.some(({ ref }) => ref !== undefined)).toBe(false);
});

test('time advances for all in the page, and is the own again afterwards', async () => {
  const own = [globalThis.Date, globalThis.setTimeout, globalThis.WebSocket, globalThis.fetch];
  const fake = createFakeServer();
  const [began, order] = [Date.now(), []];
  setTimeout(() => order.push('late'), 90_000);
  const stopped = setTimeout(() => order.push('stopped'), 10);
  setTimeout(() => order.push('early'), 60_000);
  const repeated = setInterval(() => order.push('each'), 40_000);
  clearTimeout(stopped);
  await fake.advance(100_000);
  clearInterval(repeated);
  expect(order).toEqual(['each', 'early', 'each', 'late']);
  expect(Date.now() - began).toBeGreaterThanOrEqual(100_000);
  expect(new Date() > new Date(began + 99_999)).toBe(true);
  expect(new Date(0)).toBeInstanceOf(Date);
  fake.close();
  expect([globalThis.Date, globalThis.setTimeout, globalThis.WebSocket, globalThis.fetch]).toEqual(
    own,
  );
  expect(Date.now() - began).toBeLessThan(60_000);
});
