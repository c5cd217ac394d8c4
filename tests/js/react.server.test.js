// On a server the hooks render, and touches nothing of a browser.
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import {
  TalkwireProvider,
  useAgents,
  useConnection,
  useConversation,
  useConversations,
  useWebSocket,
} from '../../src/js/react.js';
import './support/on-a-server.js';

function renderHook(...args) {
  let hook;
  const Page = () => {
    hook = useWebSocket(...args);
    return createElement('p', null, String(hook.isConnected));
  };
  return { html: renderToString(createElement(Page)), hook };
}

test.each([['/ws'], ['wss://chat.example/ws?token=1'], [new URL('wss://chat.example')], [null]])(
  '%s renders as not connected',
  (url) => {
    const { html } = renderHook(url, () => {}, { token: () => 'secret' });
    expect(html).toBe('<p>false</p>');
  },
);

test('what is sent is dropped, and says so', async () => {
  const { hook } = renderHook('/ws');
  expect(await hook.send({ type: 'hello' }).result).toMatchObject({ status: 'dropped' });
});

test('two requests never share a client: they come from different people', () => {
  const [one, two] = [renderHook('/ws'), renderHook('/ws')];
  expect(one.hook.client).not.toBe(two.hook.client);
});

test('a wrong option is told on a server, too', () => {
  const invalid = expect.objectContaining({ code: 'invalid-option' });
  expect(() => renderHook('ftp://x')).toThrow(invalid);
  expect(() => renderHook('/ws', undefined, { bakcoff: {} })).toThrow(invalid);
});

test('under a provider every hook renders what there is without a connection', () => {
  const initialMessages = [{ id: 'm1', content: 'rendered' }];
  const shown = {};
  const Page = () => {
    shown.conversation = useConversation('conv_1', { initialMessages });
    shown.list = useConversations();
    shown.agents = useAgents();
    shown.connection = useConnection();
    return shown.conversation.messages.map(({ id, content }) =>
      createElement('p', { key: id }, content),
    );
  };
  const page = createElement(TalkwireProvider, { url: '/ws' }, createElement(Page));
  expect(renderToString(page)).toBe('<p>rendered</p>');
  expect(shown.conversation).toMatchObject({ status: 'idle', typing: [], hasGap: false });
  expect([shown.list, shown.agents.size, shown.connection.phase]).toEqual([[], 0, 'idle']);
});
