// @vitest-environment jsdom
// A network that is gone for a while: INTEROP=full makes that 30 seconds.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startFaultProxy } from '../e2e/support/fault-proxy.mjs';
import { until } from '../js/support/until.js';
import { history, isLive } from './support/behaviours.js';
import { page } from './support/page.js';
import { inOrder, startServer, Tested, versionOf } from './support/server.js';

const OUTAGE_MS = process.env.INTEROP === 'full' ? 30_000 : 0;
const LONG = { timeout: OUTAGE_MS + 60_000 };

describe(`socket.io ${versionOf('socket.io')}`, () => {
  const ends = [];
  let server;
  let proxy;

  beforeAll(async () => {
    server = await startServer('socket-io');
    proxy = await startFaultProxy({ after: (end) => ends.push(end) }, server);
  });
  afterAll(() => server.stop());
  afterAll(() => ends.forEach((end) => void end()));

  let client;
  afterEach(() => client.close());
  const open = (options) => {
    const opened = page({ url: proxy.url, protocol: 'socket.io', ...options });
    client = opened.client;
    return opened;
  };

  /** Nothing passes while `meanwhile` runs and until the page has tried in vain. */
  async function outage(meanwhile) {
    const { attempts } = client.stats();
    const began = Date.now();
    proxy.refuse();
    proxy.cut();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(false));
    await meanwhile();
    const isOver = () => {
      expect(client.stats().attempts).toBeGreaterThan(attempts + 3);
      expect(Date.now() - began).toBeGreaterThanOrEqual(OUTAGE_MS);
    };
    await vi.waitFor(isOver, { timeout: OUTAGE_MS + 10_000, interval: 10 });
    expect(client.connection.getSnapshot().isConnected).toBe(false);
    proxy.resume();
  }

  const say = async (name, count) => {
    for (let n = 0; n < count; n++) await server.call('emitNewMessage', name, { n });
  };

  test('500 events missed in an outage are recovered', LONG, async () => {
    const { join, ids, told } = open();
    const conversation = await join(server, 'missed');
    await isLive(conversation);
    await say('missed', 1);
    await until(() => expect(ids()).toHaveLength(1));
    await outage(() => say('missed', 500));
    await until(() => expect(ids()).toHaveLength(501));
    await say('missed', 1);
    await until(() => expect(ids()).toHaveLength(502));
    expect(ids()).toEqual(inOrder('missed', 502));
    expect(client.stats()).toMatchObject({ recovered: 1, sessions: 2, gaps: 0, duplicates: 0 });
    expect(told.filter(({ type }) => type === 'gap')).toEqual([]);
  });

  test('an outage before the first event is mended by history', LONG, async () => {
    const throughProxy = Object.assign(new Tested(), { host: proxy.host });
    const { join, hasRead, ids } = open({ polling: { messages: history(throughProxy) } });
    await isLive(await join(server, 'before'));
    await hasRead(1);
    await outage(() => say('before', 500));
    await until(() => expect(ids()).toHaveLength(500));
    await say('before', 1);
    await until(() => expect(ids()).toHaveLength(501));
    expect(ids()).toEqual(inOrder('before', 501));
  });
});
