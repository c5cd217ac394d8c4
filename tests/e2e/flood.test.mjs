// Many sends without a network: each gets one result, what waits is what the policy says, and nothing grows.
// FLOOD=full sends a million.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { storedMessages } from './support/database.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_login';
const SENDS = process.env.FLOOD === 'full' ? 1_000_000 : 100_000;
const WARM_UP = 20_000;
const KEPT = 256;
/** Less than a third of a byte for each of a million. */
const GROWTH_BYTES = 256 * 1024;

/** Which are kept, from and to. */
const policies = { reject: [0, KEPT], 'drop-oldest': [SENDS - KEPT, SENDS] };

for (const [overflow, kept] of Object.entries(policies)) {
  test(`offline, ${overflow}: each of many sends gets one result, and memory does not grow with them`, async (t) => {
    const gateway = await startGateway(t);
    const before = await storedMessages(t, gateway.database, CONVERSATION);
    const { page, errors } = await openBlank(await openBrowser(t), gateway);
    await page.evaluate(begin, [CONVERSATION, SENDS, { overflow }]);
    // What is still on its way would be taken for a sign that there is a network.
    await until('joined', async () => (await status(page)) === 'live');
    await page.context().setOffline(true);
    const phase = () =>
      page.evaluate(() => globalThis.test.clients.one.connection.getSnapshot().phase);
    await until('offline', async () => (await phase()) === 'offline');

    await flood(t, page);
    await page.context().setOffline(false);
    const counted = await assertKept(page, kept);
    assert.deepEqual(counted, { sends: SENDS, dropped: SENDS - KEPT }, 'no send ended twice');
    const stored = (await storedMessages(t, gateway.database, CONVERSATION)).slice(before.length);
    assert.deepEqual(
      stored.map(({ content }) => content),
      Array.from({ length: KEPT }, (_, index) => `message ${kept[0] + index}`),
    );
    assert.deepEqual(errors, []);
  });
}

test('before the module could be loaded: the same', async (t) => {
  const gateway = await startGateway(t);
  const blocked = ['**/pkg/talkwire_bg.wasm', '**/pkg/inline.js'];
  const { page } = await openBlank(await openBrowser(t), gateway, {
    prepare: (page) => Promise.all(blocked.map((url) => page.route(url, (route) => route.abort()))),
  });
  await page.evaluate(begin, [CONVERSATION, SENDS, { overflow: 'drop-oldest' }]);
  await flood(t, page, { hasModule: false });
  await Promise.all(blocked.map((url) => page.unroute(url)));
  const counted = await assertKept(page, [SENDS - KEPT, SENDS]);
  assert.deepEqual(counted, { sends: KEPT, dropped: 0 }, 'the engine got what was kept');
});

const status = (page) =>
  page.evaluate(
    (id) => globalThis.test.clients.one.conversation(id).getSnapshot().status,
    CONVERSATION,
  );

/** Sends all, the first ones to warm up, and compares the memory. */
async function flood(t, page, { hasModule = true } = {}) {
  const cdp = await page.context().newCDPSession(page);
  const memory = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    const pages = hasModule
      ? await page.evaluate(() => globalThis.test.memory.buffer.byteLength)
      : 0;
    return { heapBytes: usedSize, wasmPages: pages / 65_536 };
  };
  await page.evaluate((count) => globalThis.test.send(0, count), WARM_UP);
  const before = await memory();
  const began = Date.now();
  await page.evaluate(([from, to]) => globalThis.test.send(from, to), [WARM_UP, SENDS]);
  const took = Date.now() - began;
  const after = await memory();
  const grown = after.heapBytes - before.heapBytes;
  t.diagnostic(
    `wasm ${before.wasmPages} pages, then ${after.wasmPages}; ` +
      `heap ${before.heapBytes} bytes, then ${after.heapBytes} (${grown > 0 ? '+' : ''}${grown}); ` +
      `${((1_000 * took) / (SENDS - WARM_UP)).toFixed(1)} µs a send`,
  );
  assert.equal(after.wasmPages, before.wasmPages);
  assert.ok(grown < GROWTH_BYTES, `the heap grew by ${grown} bytes`);
}

/** All but these have overflowed; these are acknowledged now. Gives what the engine counted. */
async function assertKept(page, [from, to]) {
  const left = await page.evaluate(() => globalThis.test.unsettled());
  assert.deepEqual(
    left,
    Array.from({ length: to - from }, (_, index) => from + index),
  );
  await page.waitForFunction(() => globalThis.test.unsettled().length === 0, undefined, {
    timeout: 60_000,
  });
  assert.deepEqual(await page.evaluate(() => globalThis.test.tally), {
    'dropped overflow': SENDS - (to - from),
    acked: to - from,
  });
  const { sends, dropped } = await page.evaluate(() => globalThis.test.clients.one.stats());
  return { sends, dropped };
}

/** In the page: a client that listens to the conversation, and a way to send numbered messages. */
async function begin([conversationId, sends, outbox]) {
  const { test } = globalThis;
  const client = await test.create('one', { outbox });
  const conversation = client.conversation(conversationId);
  conversation.subscribe(() => conversation.getSnapshot());
  const results = new Uint8Array(sends);
  test.tally = {};
  test.unsettled = () => {
    const left = [];
    for (const [number, count] of results.entries()) if (count === 0) left.push(number);
    return left;
  };
  test.send = async (from, to) => {
    for (let number = from; number < to; number += 1) {
      conversation.send(`message ${number}`).result.then(({ status, reason }) => {
        results[number] += 1;
        const end = reason ? `${status} ${reason}` : status;
        test.tally[end] = (test.tally[end] ?? 0) + 1;
      });
      // Pages send in turns, between which they are drawn.
      if (number % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  };
}
