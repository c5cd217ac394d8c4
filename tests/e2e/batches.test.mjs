// The real gateway takes batches: sends leave in few frames, and all else is as without.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { storedMessages } from './support/database.mjs';
import { startFaultProxy } from './support/fault-proxy.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_refund';
const KIB = 1024;

test('what is sent in one turn is one frame, and each send is acknowledged', async (t) => {
  const person = await open(t);
  await person.say(texts(100));
  await person.assertArrived(texts(100));
  assert.equal(person.frames.length, 1);
});

test('within batchMs, turns make no difference', async (t) => {
  const person = await open(t, { outbox: { batchMs: 300 } });
  await person.say(texts(30), { inTurns: true });
  await person.assertArrived(texts(30));
  assert.ok(person.frames.length < 10, `${person.frames.length} frames`);
});

test('no frame is longer than 64 KiB but for a message that is so itself', async (t) => {
  const person = await open(t, { outbox: { maxBytes: 10_000 * KIB } });
  const many = texts(200, 2 * KIB);
  const long = 'é'.repeat(40 * KIB);
  await person.say([...many, long, 'the last']);
  await person.assertArrived([...many, long, 'the last']);
  const longer = person.frames.filter((length) => length > 64 * KIB);
  assert.equal(longer.length, 1);
  assert.ok(person.frames.length < 20, `${person.frames.length} frames`);
});

test('the browser is never given much more than 64 KiB that it cannot write', async (t) => {
  const outbox = { maxMessages: 10_000, maxBytes: 100_000 * KIB };
  const person = await open(t, { outbox, heartbeat: false });
  person.proxy.freeze('up');
  // More than a machine holds for one connection.
  const many = texts(1_000, 16 * KIB);
  await person.say(many);
  await until('a pause', () => person.look(() => globalThis.test.mostBuffered > 16 * 1024));
  person.proxy.resume();
  await person.assertArrived(many);
  const most = await person.look(() => globalThis.test.mostBuffered);
  assert.ok(most < 64 * KIB + 17 * KIB, `${most} bytes`);
  t.diagnostic(`${most} bytes at most were waiting in the browser; ${person.frames.length} frames`);
});

const texts = (count, length = 0) =>
  Array.from({ length: count }, (_, index) => `${index} `.padEnd(length, 'x'));

/** Somebody who has joined the conversation through a proxy. */
async function open(t, options = {}) {
  const gateway = await startGateway(t);
  const seeded = await storedMessages(t, gateway.database, CONVERSATION);
  const proxy = await startFaultProxy(t, gateway);
  const { page, errors, wire } = await openBlank(await openBrowser(t), {
    url: proxy.url,
    token: (userId) => gateway.token(userId),
  });
  await page.evaluate(begin, [CONVERSATION, options]);
  const look = (run, ...args) => page.evaluate(run, ...args);
  await until('joined', () => look(() => globalThis.test.isLive()));
  const [{ lengths }] = wire.sockets;
  const before = lengths.length;
  return {
    proxy,
    look,
    get frames() {
      return lengths.slice(before);
    },
    say: (texts, how = {}) => look(([texts, how]) => globalThis.test.say(texts, how), [texts, how]),
    /** All are stored and told, once and in order, and acknowledged. */
    async assertArrived(texts) {
      const ends = await look(() => Promise.all(globalThis.test.results));
      assert.deepEqual(new Set(ends.map(({ status }) => status)), new Set(['acked']));
      assert.equal(ends.length, texts.length);
      await until('told', async () => (await told()).length >= texts.length);
      assert.deepEqual(await told(), texts);
      const stored = await storedMessages(t, gateway.database, CONVERSATION);
      assert.deepEqual(
        stored.slice(seeded.length).map(({ content }) => content),
        texts,
      );
      assert.deepEqual(errors, []);
    },
  };

  function told() {
    return look(() => globalThis.test.told.one.messages);
  }
}

/** In the page: a client, and how much the browser had not written when it was given more. */
async function begin([conversationId, options]) {
  const { test } = globalThis;
  const { send } = WebSocket.prototype;
  test.mostBuffered = 0;
  WebSocket.prototype.send = function (...args) {
    send.apply(this, args);
    test.mostBuffered = Math.max(test.mostBuffered, this.bufferedAmount);
  };
  const client = await test.create('one', options);
  const conversation = client.conversation(conversationId);
  conversation.subscribe(() => {});
  test.isLive = () => conversation.getSnapshot().status === 'live';
  test.results = [];
  test.say = async (texts, { inTurns }) => {
    for (const text of texts) {
      test.results.push(conversation.send(text).result);
      if (inTurns) await new Promise((resolve) => setTimeout(resolve));
    }
  };
}
