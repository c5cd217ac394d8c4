// @vitest-environment jsdom
// Engine.IO's long-polling, where a proxy refuses upgrades, and the way back to a WebSocket.
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../js/support/until.js';
import { history, isLive } from './support/behaviours.js';
import { page } from './support/page.js';
import { startProxy } from './support/proxy.js';
import { inOrder, startServer, versionOf } from './support/server.js';

const MAX_PAYLOAD = 4_000;
const MAX_UNANSWERED = 20;

describe(`socket.io ${versionOf('socket.io')}, long-polling`, () => {
  const settings = { pingInterval: 300, pingTimeout: 200, maxHttpBufferSize: MAX_PAYLOAD };
  let server;
  let proxy;
  let client;

  beforeAll(async () => {
    server = await startServer('socket-io', { TALKWIRE_SETTINGS: JSON.stringify(settings) });
  });
  beforeEach(async () => {
    proxy = await startProxy(server.host);
  });
  afterEach(async () => {
    client.close();
    await proxy.stop();
  });
  afterAll(() => server.stop());

  const open = (options) => {
    const opened = page({ url: `http://${proxy.host}`, protocol: 'socket.io', ...options });
    client = opened.client;
    return opened;
  };
  const connection = () => client.connection.getSnapshot();
  const polls = () =>
    until(() => expect(connection()).toMatchObject({ isConnected: true, transport: 'polling' }));
  const emit = (conversationId, n) => server.call('emitNewMessage', conversationId, { n });

  test('upgrade', async () => {
    const { join, ids, told } = open();
    const conversation = await join(server, 'moving');
    await isLive(conversation);
    let said = 0;
    const results = [];
    const say = async () => {
      await emit('moving', said);
      results.push(conversation.send(`mine ${said}`).result);
      said += 2;
      // However long it takes, the outbox has room.
      await results.at(-MAX_UNANSWERED);
    };
    while (connection().transport === 'polling') {
      await say();
      proxy.allowsUpgrades ||= said >= 40;
    }
    const posts = proxy.posted.length;
    for (let n = 0; n < 10; n++) await say();
    expect(new Set((await Promise.all(results)).map(({ status }) => status))).toEqual(
      new Set(['acked']),
    );
    await until(() => expect(ids()).toHaveLength(said));
    expect([...ids()].sort()).toEqual(inOrder('moving', said).sort());
    expect(connection()).toMatchObject({ phase: 'open', isConnected: true, transport: 'socket' });
    expect(client.stats()).toMatchObject({ sessions: 1, gaps: 0, duplicates: 0 });
    expect(told.filter(({ type, late }) => type === 'gap' || late)).toEqual([]);
    expect(proxy.posted).toHaveLength(posts);
    expect(proxy.pending).toEqual({ GET: 0, POST: 0 });
    expect(proxy.most).toEqual({ GET: 1, POST: 1 });
    const { framesReceived } = client.stats();
    await until(() => expect(client.stats().framesReceived).toBeGreaterThan(framesReceived + 2));
    expect(client.stats().sessions).toBe(1);
  });

  test('recovery', async () => {
    const { join, ids } = open();
    await isLive(await join(server, 'back'));
    await emit('back');
    await until(() => expect(ids()).toHaveLength(1));
    await server.call('drop');
    for (let n = 0; n < 100; n++) await emit('back', n);
    await until(() => expect(ids()).toHaveLength(101));
    expect(ids()).toEqual(inOrder('back', 101));
    expect(client.stats()).toMatchObject({ sessions: 2, recovered: 1 });
    expect(connection().transport).toBe('polling');
  });

  test('pings', async () => {
    const { told } = open();
    client.connect();
    await polls();
    await until(() => expect(client.stats().framesReceived).toBeGreaterThan(6));
    server.freeze();
    await until(() => expect(connection().isConnected).toBe(false));
    expect(told.findLast(({ type }) => type === 'error').error.code).toBe('silent');
    server.thaw();
    await polls();
  });

  test('maxPayload', async () => {
    const { join } = open({ emits: { message: 'message:send' } });
    const conversation = await join(server, 'long');
    await isLive(conversation);
    const sends = Array.from({ length: 30 }, (_, n) =>
      conversation.send(`${n} ${'é'.repeat(300)}`),
    );
    const results = await Promise.all(sends.map(({ result }) => result));
    expect(results.every(({ status }) => status === 'acked')).toBe(true);
    const longest = Math.max(...proxy.posted);
    expect(longest).toBeGreaterThan(MAX_PAYLOAD / 2);
    expect(longest).toBeLessThanOrEqual(MAX_PAYLOAD);
    const bytes = new Uint8Array(MAX_PAYLOAD - 500);
    await expect(client.request('bytes', { bytes })).rejects.toMatchObject({ code: 'too-large' });
    await polls();
  });

  test('close', async () => {
    const { join } = open();
    await isLive(await join(server, 'closed'));
    client.close();
    await until(async () => expect(await server.call('listeners', 'closed')).toBe(0));
    await until(() => expect(proxy.pending).toEqual({ GET: 0, POST: 0 }));
  });

  test('whoever resets a refused upgrade ends nobody else', async () => {
    const { hostname, port } = new URL(`http://${proxy.host}`);
    for (let upgrades = 1; upgrades <= 20; upgrades++) {
      const socket = connect(Number(port), hostname).on('error', () => {});
      socket.write(
        'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
      await until(() => expect(proxy.upgrades).toBe(upgrades));
      socket.resetAndDestroy();
    }
    open();
    client.connect();
    await polls();
  });

  test.each([
    ['turned off', () => false],
    ['REST instead', () => ({ messages: history(server) })],
  ])('%s', async (_, polling) => {
    open({ polling: polling() });
    client.connect();
    await until(() => expect(proxy.upgrades).toBeGreaterThan(6));
    expect(proxy.posted).toEqual([]);
    expect(client.stats().sessions).toBe(0);
  });
});
