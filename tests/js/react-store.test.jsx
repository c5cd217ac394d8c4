// @vitest-environment jsdom
// The hooks of the store, under a provider, with the real package against a real server.
import { act, cleanup, render } from '@testing-library/react';
import { Activity, StrictMode, Suspense, use, useState } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, expect, test, vi } from 'vitest';
import { createClient } from '../../src/js/index.js';
import {
  TalkwireProvider,
  useAgents,
  useClient,
  useConnection,
  useConversation,
  useConversations,
  useWebSocket,
} from '../../src/js/react.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

afterEach(cleanup);

const message = (id, conversationId = 'conv_1') => ({
  type: 'message',
  conversationId,
  data: { id, content: `content of ${id}` },
});
const INITIAL = ['m1', 'm2'].map((id) => message(id).data);
const subscribed = (count = 1) =>
  until(() => expect(server.heard('subscribe')).toHaveLength(count));

/** Shows a conversation; `chat.now` is what the hook returned last. */
function thread() {
  const chat = { now: undefined, renders: 0 };
  chat.Thread = function Thread({ id = 'conv_1', initialMessages }) {
    chat.now = useConversation(id, { initialMessages });
    chat.renders += 1;
    return chat.now.messages.map(({ id }) => <p key={id}>{id}</p>);
  };
  return chat;
}

const Provider = ({ children }) => (
  <TalkwireProvider url={server.url} options={QUICK}>
    {children}
  </TalkwireProvider>
);

test('StrictMode makes one socket and one subscribe, and messages are shown as they come', async () => {
  const chat = thread();
  const { container, unmount } = render(
    <StrictMode>
      <Provider>
        <chat.Thread />
      </Provider>
    </StrictMode>,
  );
  await subscribed();
  server.say(message('m1'));
  await until(() => expect(container.textContent).toBe('m1'));
  expect(chat.now).toMatchObject({ typing: [], presence: [], info: null, hasGap: false });
  expect(server.dialled).toHaveLength(1);
  expect(server.heard('unsubscribe')).toHaveLength(0);
  unmount();
  await until(() => expect(server.sockets).toHaveLength(0));
});

test('a burst of ten thousand is one render of the thread, and none of who only asks whether it is connected', async () => {
  const chat = thread();
  let others = 0;
  function Status() {
    others += 1;
    return String(useWebSocket(server.url, undefined, QUICK).isConnected);
  }
  const { container } = render(
    <Provider>
      <Status />
      <chat.Thread />
    </Provider>,
  );
  await subscribed();
  await until(() => expect(container.textContent).toBe('true'));
  await until(() => expect(chat.now.status).toBe('live'));
  const before = [chat.renders, others];
  const frames = Array.from({ length: 10_000 }, (_, number) => message(`m${number}`));
  server.say({ type: 'batch', frames });
  await until(() => expect(chat.now.messages.at(-1)?.id).toBe('m9999'));
  expect(chat.now.messages).toHaveLength(500);
  expect([chat.renders, others]).toEqual([before[0] + 1, before[1]]);
});

test('what is sent is shown at once, and its functions stay the same', async () => {
  const chat = thread();
  render(
    <Provider>
      <chat.Thread />
    </Provider>,
  );
  await subscribed();
  const { send, setTyping } = chat.now;
  setTyping(true);
  const delivery = send('Hello');
  await until(() => expect(chat.now.messages).toHaveLength(1));
  expect(chat.now.messages[0]).toMatchObject({ content: 'Hello', clientId: delivery.id });
  expect(chat.now.send).toBe(send);
  await until(() => expect(server.heard('message')).toHaveLength(1));
  expect(server.heard('typing')).toHaveLength(1);
});

test('another id is another conversation, and no id is none', async () => {
  const chat = thread();
  const page = (id) => (
    <Provider>
      <chat.Thread id={id} />
    </Provider>
  );
  const { rerender, container } = render(page('conv_1'));
  await subscribed();
  server.say(message('m1'));
  await until(() => expect(container.textContent).toBe('m1'));
  rerender(page('conv_2'));
  expect(container.textContent).toBe('');
  await subscribed(2);
  await until(() => expect(server.heard('unsubscribe')[0]).toMatchObject(conversation('conv_1')));
  rerender(page(null));
  expect(chat.now).toMatchObject({ messages: [], status: 'idle', error: null });
  expect(await chat.now.send('to nobody').result).toEqual({ status: 'dropped', reason: 'closed' });
  await chat.now.loadBefore();
  await until(() => expect(server.heard('unsubscribe')).toHaveLength(2));
});

const conversation = (conversationId) => ({ conversationId });

test('what a server rendered is hydrated without a mismatch; what comes since is after it, once', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  const onRecoverableError = vi.fn();
  const chat = thread();
  const page = (
    <StrictMode>
      <Provider>
        <chat.Thread initialMessages={INITIAL} />
      </Provider>
    </StrictMode>
  );
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = renderToString(page);
  expect(container.textContent).toBe('m1m2');
  const [first] = container.children;
  const root = hydrateRoot(container, page, { onRecoverableError });
  await subscribed();
  expect(container.textContent).toBe('m1m2');
  for (const id of ['m2', 'm3']) server.say(message(id));
  await until(() => expect(container.textContent).toBe('m1m2m3'));
  expect(container.children[0]).toBe(first);
  expect(chat.now.messages.map(({ state }) => state)).toEqual(['received', 'received', 'received']);
  expect([complaints.mock.calls, onRecoverableError.mock.calls]).toEqual([[], []]);
  complaints.mockRestore();
  root.unmount();
  container.remove();
});

test('initial messages of another conversation are shown with it', async () => {
  const chat = thread();
  const page = (id, initialMessages) => (
    <Provider>
      <chat.Thread id={id} initialMessages={initialMessages} />
    </Provider>
  );
  const { rerender, container } = render(page('conv_1', INITIAL));
  await subscribed();
  expect(container.textContent).toBe('m1m2');
  // The same in a new array is nothing new.
  rerender(page('conv_1', [...INITIAL]));
  expect(chat.now.messages.every(Object.isFrozen)).toBe(true);
  rerender(page('conv_2', [message('m7').data]));
  expect(container.textContent).toBe('m7');
  await subscribed(2);
});

test('a component that waits leaves nothing behind, and connects once it is there', async () => {
  let resolve;
  const ready = new Promise((done) => {
    resolve = done;
  });
  const chat = thread();
  function Waits() {
    useConversation('conv_1');
    use(ready);
    return <chat.Thread />;
  }
  const page = (
    <Suspense fallback="waiting">
      <Provider>
        <Waits />
      </Provider>
    </Suspense>
  );
  const { container } = await act(async () => render(page));
  expect(container.textContent).toBe('waiting');
  expect(server.dialled).toHaveLength(0);
  await act(async () => resolve());
  await subscribed();
  server.say(message('m1'));
  await until(() => expect(container.textContent).toBe('m1'));
  expect(server.heard('subscribe')).toHaveLength(1);
  expect(server.dialled).toHaveLength(1);
});

test('a client that is given is used and not closed; two providers of one address share a client', async () => {
  const client = createClient({ url: server.url, ...QUICK });
  const seen = new Set();
  function Look() {
    seen.add(useClient());
    return null;
  }
  const first = render(
    <>
      <Provider>
        <Look />
      </Provider>
      <Provider>
        <Look />
      </Provider>
    </>,
  );
  await until(() => expect(server.sockets).toHaveLength(1));
  expect(seen.size).toBe(1);
  first.unmount();
  await until(() => expect(server.sockets).toHaveLength(0));

  seen.clear();
  const chat = thread();
  const second = render(
    <TalkwireProvider client={client}>
      <Look />
      <chat.Thread />
    </TalkwireProvider>,
  );
  await subscribed();
  expect([...seen]).toEqual([client]);
  second.unmount();
  await until(() => expect(server.heard('unsubscribe')).toHaveLength(1));
  expect(client.connection.getSnapshot().phase).toBe('open');
  client.close();
});

test('the list, the agents and the connection are shown as they change', async () => {
  function Page() {
    const titles = useConversations().map(({ title }) => title);
    const statuses = [...useAgents().values()].map(({ status }) => status);
    const { phase } = useConnection();
    return [...titles, ...statuses, phase].join(' ');
  }
  const { container } = render(
    <Provider>
      <Page />
    </Provider>,
  );
  expect(container.textContent).toBe('idle');
  await until(() => expect(container.textContent).toBe('open'));
  server.say({ type: 'conversation', conversationId: 'conv_1', data: { title: 'Refund' } });
  server.say({ type: 'agent', data: { agentId: 'ana', status: 'away' } });
  await until(() => expect(container.textContent).toBe('Refund away open'));
});

test('useConnection is of the client that it is given, and of nobody without one', async () => {
  let shown;
  function Page({ url }) {
    const { client } = useWebSocket(url, undefined, QUICK);
    shown = useConnection(client);
    return null;
  }
  const { rerender } = render(<Page url={null} />);
  expect(shown).toMatchObject({ phase: 'idle', isConnected: false });
  rerender(<Page url={server.url} />);
  await until(() => expect(shown).toMatchObject({ phase: 'open', transport: 'socket' }));
});

test('without a provider the hooks say what is missing', () => {
  const quiet = vi.spyOn(console, 'error').mockImplementation(() => {});
  for (const hook of [useClient, useConversations, useAgents, useConnection, useConversation]) {
    const Page = () => void hook();
    expect(() => render(<Page />)).toThrow(/provider/);
  }
  quiet.mockRestore();
});

test('under a provider a hidden page lets go, and goes on when it is shown', async () => {
  const chat = thread();
  const page = (mode) => (
    <Activity mode={mode}>
      <Provider>
        <chat.Thread />
      </Provider>
    </Activity>
  );
  const { rerender, container } = render(page('visible'));
  await subscribed();
  rerender(page('hidden'));
  await until(() => expect(server.sockets).toHaveLength(0));
  rerender(page('visible'));
  await subscribed(2);
  server.say(message('m1'));
  await until(() => expect(container.textContent).toBe('m1'));
});

test('fast navigation leaves one subscription', async () => {
  const chat = thread();
  let go;
  function Page() {
    const [id, setId] = useState('conv_0');
    go = setId;
    return <chat.Thread id={id} />;
  }
  render(
    <StrictMode>
      <Provider>
        <Page />
      </Provider>
    </StrictMode>,
  );
  await subscribed();
  for (let route = 1; route <= 50; route += 1) {
    act(() => go(`conv_${route}`));
  }
  const held = () => {
    const ids = (type) => server.heard(type).map(({ conversationId }) => conversationId);
    const left = ids('unsubscribe');
    return ids('subscribe').filter((id) => !left.includes(id));
  };
  await until(() => expect(held()).toEqual(['conv_50']));
  expect(server.dialled).toHaveLength(1);
});
