// @vitest-environment jsdom
// The same hooks under React 18.
import { StrictMode, version } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TalkwireProvider, useConversation, useWebSocket } from '../../src/js/react.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

vi.mock('react', () => import('./react-18/node_modules/react/index.js'));
vi.mock('react/jsx-runtime', () => import('./react-18/node_modules/react/jsx-runtime.js'));
vi.mock('react/jsx-dev-runtime', () => import('./react-18/node_modules/react/jsx-dev-runtime.js'));
vi.mock('react-dom/client', () => import('./react-18/node_modules/react-dom/client.js'));
vi.mock('react-dom/server', () => import('./react-18/node_modules/react-dom/server.js'));
const message = (id) => ({ type: 'message', conversationId: 'conv_1', data: { id, content: id } });

let container;

beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
});

afterEach(() => {
  container.remove();
});

const shows = (text) => until(() => expect(container.textContent).toBe(text));

function Status() {
  return useWebSocket(server.url, undefined, QUICK).isConnected ? 'connected:' : 'not connected:';
}

function Thread() {
  const { messages } = useConversation('conv_1', { initialMessages: [message('m1').data] });
  return messages.map(({ id }) => <p key={id}>{id}</p>);
}

const Page = () => (
  <StrictMode>
    <Status />
    <TalkwireProvider url={server.url} options={QUICK}>
      <Thread />
    </TalkwireProvider>
  </StrictMode>
);

test('StrictMode makes one socket and one subscribe, through a reconnect, too', async () => {
  expect(version).toMatch(/^18\./);
  const root = createRoot(container);
  root.render(<Page />);
  await shows('connected:m1');
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  server.say(message('m2'));
  await shows('connected:m1m2');
  server.drop();
  await until(() => expect(server.heard('subscribe')).toHaveLength(2));
  server.say(message('m3'));
  await shows('connected:m1m2m3');
  expect(server.dialled).toHaveLength(2);
  expect(server.heard('unsubscribe')).toHaveLength(0);
  root.unmount();
});

test('what a server rendered is hydrated without a mismatch', async () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => {});
  container.innerHTML = renderToString(<Page />);
  expect(container.textContent).toBe('not connected:m1');
  const onRecoverableError = vi.fn();
  const root = hydrateRoot(container, <Page />, { onRecoverableError });
  await shows('connected:m1');
  expect([complaints.mock.calls, onRecoverableError.mock.calls]).toEqual([[], []]);
  complaints.mockRestore();
  root.unmount();
});
