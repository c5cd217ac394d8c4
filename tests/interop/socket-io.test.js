// @vitest-environment jsdom
// Socket.IO itself, alone and two joined over Redis, and NestJS with its IoAdapter.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../js/support/until.js';
import { behavesAlike, history, isLive, refreshesOnce } from './support/behaviours.js';
import { page } from './support/page.js';
import { PAIR, startPair } from './support/pair.js';
import { startProxy } from './support/proxy.js';
import { inOrder, startServer, versionOf } from './support/server.js';

const SOCKET_IO = `socket.io ${versionOf('socket.io')}`;
const NEST = `NestJS ${versionOf('@nestjs/core')}, IoAdapter ${versionOf('@nestjs/platform-socket.io')}`;

describe.each([
  [SOCKET_IO, () => startServer('socket-io'), true],
  [NEST, () => startServer('nest-io'), false],
  [PAIR, startPair, true],
  [`${SOCKET_IO}, long-polling`, () => startServer('socket-io'), true, 'polling'],
  [`${NEST}, long-polling`, () => startServer('nest-io'), false, 'polling'],
])('%s', (_, start, acks, transport = 'socket') => {
  let server;
  let proxy;
  let pages;

  beforeAll(async () => {
    server = await start();
    proxy = transport === 'polling' ? await startProxy(server.host) : undefined;
  });
  afterAll(() => Promise.all([proxy?.stop(), server.stop()]));
  afterEach(async () => {
    vi.restoreAllMocks();
    for (const { client } of pages) client.close();
    await server.call('expectToken', null);
  });

  const open = (options) => {
    const { host } = proxy ?? server;
    const opened = page({ url: `http://${host}`, protocol: 'socket.io', ...options });
    pages = [opened];
    return opened;
  };

  const reads = acks ? 1 : 2;
  const isPolled = transport === 'polling';
  const statusOf = ({ reason }) => (acks || reason === undefined ? 'acked' : 'sent');
  behavesAlike({ server: () => server, open, reads: isPolled ? 0 : reads, statusOf });

  if (isPolled)
    test('reconnect', async () => {
      const { join, client, heard } = open();
      const conversation = await join(server, 'back');
      await isLive(conversation);
      proxy.cut();
      await until(() => expect(client.stats().sessions).toBe(2));
      await isLive(conversation);
      expect(client.connection.getSnapshot().transport).toBe('polling');
      // Handlers that do not ack leave open when they have joined it.
      await until(async () => {
        await server.call('emitNewMessage', 'back', { content: 'after' });
        expect(heard('message')).not.toEqual([]);
      });
    });

  test('subscribe', async () => {
    const { join, client } = open();
    await isLive(await join(server, 'joined'));
    expect(client.connection.getSnapshot()).toMatchObject({ isConnected: true, transport });
    const leave = client.conversation('left').subscribe(() => {});
    await until(async () => expect(await server.call('listeners', 'left')).toBe(1));
    leave();
    await until(async () => expect(await server.call('listeners', 'left')).toBe(0));
    client.send({ event: 'subscribe', data: { conversationId: 'raw' } });
    await until(async () => expect(await server.call('listeners', 'raw')).toBe(1));
  });

  test('ack out', async () => {
    const { client } = open();
    expect(await client.request('value', 1)).toEqual({ asked: 1 });
    await expect(client.request('nobody', 1, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'timeout',
    });
  });

  test('ack in', async () => {
    const { client } = open();
    client.on('question', ({ data, ack }) => ack({ echo: data }));
    client.connect();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    expect(await server.call('ask', 'who?')).toEqual([{ echo: 'who?' }]);
  });

  test('binary in', async () => {
    const { client, heard } = open();
    client.connect();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    await server.call('emitBytes', [1, 2, 255]);
    await until(() => expect(heard('file')).toHaveLength(1));
    const [{ data, args }] = heard('file');
    expect(data.name).toBe('a');
    for (const bytes of [data.bytes, args[1]])
      expect([...new Uint8Array(bytes)]).toEqual([1, 2, 255]);
  });

  test('binary out', async () => {
    const { client } = open();
    const { numbers, bytes } = await client.request('bytes', {
      bytes: new Uint8Array([7, 0, 255]),
    });
    expect(numbers).toEqual([7, 0, 255]);
    expect([...new Uint8Array(bytes)]).toEqual([7, 0, 255]);
  });

  test('asked whether it is there', async () => {
    const { client } = open();
    client.connect();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    let sleptMs = 0;
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + sleptMs);
    const sleep = () => {
      sleptMs += 20_000;
      document.dispatchEvent(new Event('resume'));
    };
    const { framesReceived, framesSent } = client.stats();
    sleep();
    const asked = client.stats().framesSent - framesSent;
    expect(asked).toBeGreaterThan(0);
    await until(() => expect(client.stats().framesReceived).toBe(framesReceived + asked));
    server.freeze();
    sleep();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(false));
    server.thaw();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
  });

  test('bad token', async () => {
    await server.call('expectToken', 'good');
    await refreshesOnce(open, 'good', 'bad token');
  });

  test('a namespace that is not there', async () => {
    const { client } = open({ namespace: '/nowhere' });
    client.connect();
    await until(() => expect(client.connection.getSnapshot().phase).toBe('closed'));
    expect(client.connection.getSnapshot().error.message).toContain('Invalid namespace');
  });

  test('the wrong dialect', async () => {
    const { client } = open({
      protocol: 'json',
      url: `http://${server.host}/socket.io/?EIO=4&transport=websocket`,
    });
    client.connect();
    await until(() => expect(client.connection.getSnapshot().error?.code).toBe('wrong-dialect'));
    expect(client.connection.getSnapshot().error.message).toContain("protocol: 'socket.io'");
  });
});

describe(SOCKET_IO, () => {
  const settings = JSON.stringify({ pingInterval: 300, pingTimeout: 200 });
  let server;
  let client;

  beforeAll(async () => {
    const env = { TALKWIRE_NAMESPACE: '/chat', TALKWIRE_SETTINGS: settings };
    server = await startServer('socket-io', env);
  });
  afterAll(() => server.stop());
  afterEach(() => client.close());

  const open = (options) => {
    const url = `http://${server.host}`;
    const opened = page({ url, protocol: 'socket.io', namespace: '/chat', ...options });
    client = opened.client;
    return opened;
  };

  test('pings', async () => {
    const { told } = open();
    client.connect();
    await until(() => expect(client.stats().framesReceived).toBeGreaterThan(6));
    expect(client.stats().sessions).toBe(1);
    server.freeze();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(false));
    server.thaw();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    expect(told.find(({ type }) => type === 'error').error.code).toBe('silent');
  });

  test('a namespace', async () => {
    const { join, heard } = open();
    await join(server, 'spaced');
    await server.call('emitNewMessage', 'spaced', { content: 'in /chat' });
    await until(() => expect(heard('message')).toHaveLength(1));
    expect(await client.request('bytes', { bytes: new Uint8Array([1]) })).toMatchObject({
      numbers: [1],
    });
  });

  test('recovery', async () => {
    const { join, ids, told } = open();
    await isLive(await join(server, 'recovered'));
    const say = async (count) => {
      for (let n = 0; n < count; n++) await server.call('emitNewMessage', 'recovered', { n });
    };
    await say(1);
    await until(() => expect(ids()).toHaveLength(1));
    await server.call('drop');
    await say(500);
    await until(() => expect(ids()).toHaveLength(501));
    expect(ids()).toEqual(inOrder('recovered', 501));
    expect(client.stats().recovered).toBe(1);
    expect(told.filter(({ type }) => type === 'gap')).toEqual([]);
  });

  test('recovery before the first event', async () => {
    const { join, hasRead, ids } = open({ polling: { messages: history(server) } });
    await isLive(await join(server, 'early'));
    await hasRead(1);
    await server.call('drop');
    for (let n = 0; n < 20; n++) await server.call('emitNewMessage', 'early', { n });
    await until(() => expect(ids()).toHaveLength(20));
    expect(ids()).toEqual(inOrder('early', 20));
  });
});
