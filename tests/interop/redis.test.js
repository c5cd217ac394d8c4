// @vitest-environment jsdom
// Two Socket.IO servers, and what becomes of a page whose server dies.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFaultProxy } from '../e2e/support/fault-proxy.mjs';
import { until } from '../js/support/until.js';
import { history, isLive } from './support/behaviours.js';
import { page } from './support/page.js';
import { PAIR, startPair } from './support/pair.js';
import { inOrder } from './support/server.js';

describe(PAIR, () => {
  const ends = [];
  let pair;
  let proxy;
  beforeAll(async () => {
    pair = await startPair();
    proxy = await startFaultProxy({ after: (end) => ends.push(end) }, pair.a);
  });
  afterAll(() => pair.stop());
  afterAll(() => ends.forEach((end) => void end()));

  test('a server is killed: its page goes on with the other one, nothing is lost or told twice', async () => {
    const urls = [proxy.url, pair.b.url];
    let dials = 0;
    const { join, hasRead, ids, client, told } = page({
      url: () => urls[dials++ % 2],
      protocol: 'socket.io',
      polling: { messages: history(pair.b) },
    });
    const conversation = await join(pair, 'moved');
    await isLive(conversation);
    await hasRead(1);
    const say = async (count) => {
      for (let n = 0; n < count; n++) await pair.call('emitNewMessage', 'moved', { n });
    };
    // Once this one's ack has come, messages are known to be acked, and may be sent again.
    expect((await conversation.send('mine').result).status).toBe('acked');
    await say(19);
    await until(() => expect(ids()).toEqual(inOrder('moved', 20)));

    const write = (from) =>
      Array.from({ length: 5 }, (_, n) => conversation.send(`mine ${from + n}`));
    // Five that A stores without the page hearing of it, and five that nobody gets.
    proxy.freeze('down');
    const sends = write(0);
    await until(async () => expect(await pair.b.history('moved', {})).toHaveLength(25));
    await pair.a.kill();
    sends.push(...write(5));
    await say(20);
    proxy.cut();
    await until(async () => expect(await pair.call('listeners', 'moved')).toBe(1));
    for (const { result } of sends) expect((await result).status).toBe('acked');
    await say(20);

    const all = inOrder('moved', 70);
    await until(() => expect(ids()).toHaveLength(70));
    expect(ids().toSorted(byNumber)).toEqual(all);
    expect(conversation.getSnapshot().messages.map(({ id }) => id)).toEqual(all);
    expect(told.filter(({ type }) => type === 'gap')).toEqual([]);
    // The very next attempt reached B.
    expect(client.stats()).toMatchObject({ attempts: 2, sessions: 2 });
    client.close();
  });
});

const number = (id) => Number(id.split('-').at(-1));
const byNumber = (one, other) => number(one) - number(other);
