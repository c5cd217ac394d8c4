// @vitest-environment jsdom
// What the adapters for Vue, Svelte and Solid have in common, each with its framework, the real package and a real server.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { createClient } from '../../src/js/index.js';
import * as solid from './adapters/solid.js';
import * as svelte from './adapters/svelte.js';
import * as vue from './adapters/vue.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

const INITIAL = [{ id: 'm1', content: 'rendered' }];

let container;

beforeEach(() => {
  container = document.body.appendChild(document.createElement('div'));
});

afterEach(() => {
  container.remove();
});

const message = (id) => ({ type: 'message', conversationId: 'conv_1', data: { id, content: id } });
const shown = () => container.textContent.replaceAll(/\s/g, '');
const shows = (text) => until(() => expect(shown()).toBe(text));
const subscribed = (count = 1) =>
  until(() => expect(server.heard('subscribe')).toHaveLength(count));
const given = (others) => ({
  url: server.url,
  options: QUICK,
  id: 'conv_1',
  provided: { url: server.url, options: QUICK },
  ...others,
});

describe.each([
  ['Vue', vue.mount, vue.alone],
  ['Svelte, by runes', svelte.mount, svelte.alone],
  [
    'Svelte, by stores',
    (place, given) => svelte.mount(place, { ...given, asStores: true }),
    svelte.alone,
  ],
  ['Solid', solid.mount, solid.alone],
])('%s', (_, mount, alone) => {
  test('a page shows what comes, on one socket with one subscribe, through a reconnect too', async () => {
    const page = mount(container, given());
    expect(shown()).toBe('falseidle');
    await shows('trueopen');
    await subscribed();
    server.say(message('m1'));
    server.say({ type: 'conversation', conversationId: 'conv_1', data: { title: 'Refund' } });
    server.say({ type: 'agent', data: { agentId: 'ana', status: 'away' } });
    await shows('trueopenRefundanam1');
    server.drop();
    await subscribed(2);
    server.say(message('m1'));
    server.say(message('m2'));
    await shows('trueopenRefundanam1m2');
    expect(server.dialled).toHaveLength(2);
    expect(server.heard('unsubscribe')).toHaveLength(0);
    page.unmount();
    await until(() => expect(server.sockets).toHaveLength(0));
  });

  test('what is sent is shown at once', async () => {
    const page = mount(container, given());
    await subscribed();
    page.chat.send('Hello');
    page.chat.setTyping(true);
    await until(() => expect(server.heard('message')[0]?.data.content).toBe('Hello'));
    await until(() => expect(container.querySelectorAll('li')).toHaveLength(1));
    await until(() => expect(server.heard('typing')).toHaveLength(1));
    page.unmount();
  });

  test('another id is another conversation, and none is none', async () => {
    const page = mount(container, given());
    await subscribed();
    server.say(message('m1'));
    await shows('trueopenm1');
    page.setId('conv_2');
    await subscribed(2);
    await shows('trueopen');
    await until(() => expect(server.heard('unsubscribe')).toHaveLength(1));
    page.setId(null);
    await until(() => expect(server.heard('unsubscribe')).toHaveLength(2));
    expect(await page.chat.send('to nobody').result).toMatchObject({ status: 'dropped' });
    page.unmount();
  });

  test('what a server rendered is there at once, and what comes is after it, once', async () => {
    const page = mount(container, given({ initialMessages: INITIAL }));
    expect(shown()).toBe('falseidlem1');
    await subscribed();
    for (const id of ['m1', 'm2']) server.say(message(id));
    await shows('trueopenm1m2');
    page.unmount();
  });

  test('a client that is given is used, and not closed', async () => {
    const client = createClient({ url: server.url, ...QUICK });
    const page = mount(container, given({ url: null, provided: { client } }));
    await subscribed();
    await shows('falseopen');
    page.unmount();
    await until(() => expect(server.heard('unsubscribe')).toHaveLength(1));
    expect(client.connection.getSnapshot().phase).toBe('open');
    client.close();
  });

  test('useWebSocket tells every event, and what it subscribed to ends with it', async () => {
    const onMessage = vi.fn();
    const page = mount(container, given({ provided: undefined, onMessage }));
    const other = createClient({ url: server.url, ...QUICK });
    other.connect();
    page.send({ type: 'subscribe', conversationId: 'conv_1' });
    await subscribed();
    server.say(message('m1'));
    await until(() =>
      expect(onMessage).toHaveBeenCalledWith(expect.objectContaining(message('m1'))),
    );
    page.unmount();
    await until(() => expect(server.sockets).toHaveLength(1));
    other.close();
  });

  test('another address is another client, a changed query is the same, and none is none', async () => {
    const page = mount(container, given({ provided: undefined }));
    await shows('true');
    const client = page.client();
    page.setUrl(`${server.url}?token=new`);
    server.drop();
    await until(() => expect(server.dialled).toEqual(['/', '/?token=new']));
    await shows('true');
    expect(page.client()).toBe(client);
    page.setUrl(`${server.url}/other`);
    await until(() => expect(server.dialled).toHaveLength(3));
    await shows('true');
    expect(page.client()).not.toBe(client);
    page.setUrl(null);
    await shows('false');
    expect(page.client()).toBe(null);
    await until(() => expect(server.sockets).toHaveLength(0));
    page.unmount();
  });

  test('without a provider it is told what is missing', () => {
    for (const use of [
      (talkwire) => talkwire.useClient(),
      (talkwire) => talkwire.useConversation('conv_1'),
      (talkwire) => talkwire.useConversations(),
      (talkwire) => talkwire.useAgents(),
      (talkwire) => talkwire.useConnection(),
    ])
      expect(() => alone(use)).toThrow(/provider/);
  });
});

test('Vue takes over what a server rendered without a mismatch, connected already or not', async () => {
  const page = given({ initialMessages: INITIAL });
  const { document: whole } = globalThis;
  vi.stubGlobal('document', undefined);
  container.innerHTML = await renderToString(createSSRApp(vue.pageOf(page).Root)).finally(() =>
    vi.stubGlobal('document', whole),
  );
  expect(shown()).toBe('falseidlem1');
  const other = vue.mount(document.createElement('div'), page);
  await subscribed();
  const [first] = container.querySelectorAll('li');
  const complaints = vi.spyOn(console, 'warn');
  const { unmount } = vue.mount(container, page);
  await shows('trueopenm1');
  expect(container.querySelector('li')).toBe(first);
  expect(complaints).not.toHaveBeenCalled();
  complaints.mockRestore();
  unmount();
  other.unmount();
});
