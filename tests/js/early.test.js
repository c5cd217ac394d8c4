// @vitest-environment jsdom
// A socket opens while the engine is on its way; the engine goes on with it, or it is closed.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bytes } from '../../pkg/inline.js';
import { openEarly } from '../../src/js/address.js';
import { resolveDial } from '../../src/js/dial.js';
import { checkOptions } from '../../src/js/options.js';
import { settled } from './support/options.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

let client;
let modules;
/** The engine comes. */
let come;
/** The engine does not come. */
let fail;

beforeEach(async () => {
  vi.resetModules();
  const { provide } = await import('../../src/js/load.js');
  const gate = new Promise((resolve, reject) => {
    come = resolve;
    fail = reject;
  });
  gate.catch(() => {});
  const engine = async () => {
    await gate;
    return import('../../src/js/engine.js');
  };
  provide({ engine, wasm: async () => bytes() });
  const { createClient } = await import('../../src/js/index.js');
  const { share } = await import('../../src/js/share.js');
  const { inside } = await import('../../src/js/client.js');
  modules = { createClient, share, inside };
});

afterEach(() => {
  client?.close();
  client = undefined;
});

const create = (options) => {
  client = modules.createClient({ url: server.url, ...QUICK, ...options });
  return client;
};
const phase = () => client.connection.getSnapshot().phase;
const isOpen = () => until(() => expect(phase()).toBe('open'));
const arrived = (count = 1) => until(() => expect(server.sockets).toHaveLength(count));

describe('a socket', () => {
  const ways = {
    'connect()': (client) => client.connect(),
    'a subscribe': (client) => client.send({ type: 'subscribe', conversationId: 'c1' }),
    'a message': (client) => client.conversation('c1').send({ text: 'hello' }),
    'a request': (client) => client.request('time').catch(() => {}),
    'a conversation that is watched': (client) => client.conversation('c1').subscribe(() => {}),
    'the list that is watched': (client) => client.conversations.subscribe(() => {}),
  };

  test.each(Object.entries(ways))('is opened by %s, and kept', async (_, wish) => {
    wish(create());
    await arrived();
    come();
    await isOpen();
    expect(server.dialled).toHaveLength(1);
  });

  test('is one, whatever wants one', async () => {
    for (const [, wish] of Object.entries(ways)) wish(client ?? create());
    await arrived();
    come();
    await isOpen();
    expect(server.dialled).toHaveLength(1);
  });

  test('has not lost what came before the engine', async () => {
    server.hello = { features: ['ping'], userId: 'ana' };
    const seen = [];
    create().on('message', ({ data }) => seen.push(data.text));
    client.send({ type: 'subscribe', conversationId: 'c1' });
    await arrived();
    const said = { type: 'message', conversationId: 'c1', data: { id: 'm1', text: 'early' } };
    server.say(said);
    come();
    await isOpen();
    server.say({ ...said, data: { id: 'm2', text: 'late' } });
    await until(() => expect(seen).toEqual(['early', 'late']));
    expect(server.heard('subscribe')).toHaveLength(1);
  });

  test('that ended before the engine came is opened again', async () => {
    create().connect();
    await arrived();
    server.drop();
    await arrived(0);
    come();
    await isOpen();
    expect(server.dialled).toHaveLength(2);
  });

  test('leads where the latest address does', async () => {
    const { share } = modules;
    const shared = share(`${server.url}/ws?token=old`);
    client = shared.client;
    const release = shared.acquire();
    await arrived();
    shared.update(`${server.url}/ws?token=new`);
    come();
    await isOpen();
    await arrived();
    expect(server.dialled).toEqual(['/ws?token=old', '/ws?token=new']);
    release();
  });
});

describe('nobody is left with a socket', () => {
  const ends = {
    'that was closed': () => client.close(),
    'that was disconnected': () => client.disconnect(),
    'whose engine does not come': () => fail(new Error('gone')),
  };

  test.each(Object.entries(ends))('of a client %s', async (_, end) => {
    create().connect();
    await arrived();
    end();
    await arrived(0);
    expect(phase()).not.toBe('open');
  });

  test('by a client whose token does not come', async () => {
    const token = () => new Promise(() => {});
    create({ token, tokenIn: 'message', connectTimeoutMs: 100 }).connect();
    await arrived();
    come();
    await until(() => expect(phase()).toBe('waiting'));
    await arrived(0);
  });

  test('by what the engine needs none for', async () => {
    create().conversation('c1').retry('nothing');
    await arrived();
    come();
    await arrived(0);
    expect(phase()).toBe('idle');
  });
});

describe('opened early is', () => {
  const token = 'secret';
  const path = '/chat';
  const fresh = () => token;
  const [json, nest, socketIo] = ['json', 'nest', 'socket.io'];
  const kinds = [
    ['what needs no token', { protocol: json }],
    ['what sends it as a frame', { protocol: json, token: fresh, tokenIn: 'message' }],
    ['what sends it as an event', { protocol: nest, token, tokenIn: 'message' }],
    ['a Socket.IO server', { protocol: socketIo }],
    ['one under another path, with a token', { protocol: socketIo, path, token: fresh }],
  ];

  test.each(kinds)('%s, where the engine would open it', async (_, options) => {
    const given = { url: `${server.url.replace('ws', 'http')}/ws?room=1#part`, ...options };
    const { socket } = openEarly(checkOptions(given), given.url);
    const { url } = await resolveDial(settled(given), { attempt: 0 }, {});
    expect(socket.url).toBe(url);
    await arrived();
    socket.close();
  });

  const others = [
    ['with a token in the address', { token: fresh }],
    [
      'with one in the address of a Socket.IO server',
      { protocol: socketIo, token, tokenIn: 'query' },
    ],
    ['with a subprotocol', { tokenIn: 'subprotocol' }],
    ['whose address is a function', { url: () => server.url }],
    ['on a page that is offline', {}, false],
  ];

  test.each(others)('none %s', (_, options, isOnline = true) => {
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(isOnline);
    const given = { url: server.url, ...options };
    expect(openEarly(checkOptions(given), given.url)).toBeNull();
    onLine.mockRestore();
  });
});

test('a client that is not to connect opens none until it is told to', async () => {
  const wish = { type: 'subscribe', conversationId: 'c1' };
  create({ autoConnect: false }).send(wish);
  client.conversation('c2').send({ text: 'hello' });
  client.conversation('c3').subscribe(() => {});
  client.conversations.subscribe(() => {});
  expect(modules.inside(client).takeEarly()).toBeUndefined();
});
