// Engine.IO's long-polling in a browser, from another origin, where a proxy refuses upgrades.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startProxy } from '../interop/support/proxy.js';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_refund';

/** A page that is polled and has joined; `count(n)` waits until it was told so many messages. */
async function openPolled(t) {
  const gateway = await startGateway(t);
  const proxy = await startProxy(gateway.host);
  t.after(() => proxy.stop());
  const { page, errors } = await openBlank(await openBrowser(t), gateway);
  await page.evaluate(
    async ([url, id]) => {
      const client = await globalThis.test.create('one', { url, protocol: 'socket.io' });
      client.conversation(id).subscribe(() => {});
    },
    [`http://${proxy.host}`, CONVERSATION],
  );
  const seen = () =>
    page.evaluate((id) => {
      const { one } = globalThis.test.clients;
      const { transport, isConnected } = one.connection.getSnapshot();
      const { status } = one.conversation(id).getSnapshot();
      const { messages } = globalThis.test.told.one;
      return { transport, isConnected, status, messages, stats: one.stats() };
    }, CONVERSATION);
  await until('it is polled', async () => {
    const { transport, isConnected, status } = await seen();
    return transport === 'polling' && isConnected && status === 'live';
  });
  return { gateway, proxy, page, errors, seen };
}

const say = (gateway, content) =>
  gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });

test('no server is asked for leave first, and when upgrades are allowed nothing is lost or told twice', async (t) => {
  const { gateway, proxy, page, errors, seen } = await openPolled(t);
  const said = [];
  const mine = [];
  const speak = async () => {
    const [theirs, own] = [`theirs ${said.length}`, `mine ${said.length}`];
    await say(gateway, theirs);
    mine.push(
      await page.evaluate(
        ([id, content]) =>
          globalThis.test.clients.one
            .conversation(id)
            .send(content)
            .result.then((r) => r.status),
        [CONVERSATION, own],
      ),
    );
    said.push(theirs, own);
  };
  for (let n = 0; n < 5; n++) await speak();
  assert.equal((await seen()).transport, 'polling');
  assert.deepEqual(proxy.most, { GET: 1, POST: 1 });
  proxy.allowsUpgrades = true;
  while ((await seen()).transport === 'polling') await speak();
  for (let n = 0; n < 5; n++) await speak();
  await until('all told', async () => (await seen()).messages.length === said.length);
  const { messages, stats, transport } = await seen();
  assert.deepEqual(messages, said);
  assert.deepEqual(new Set(mine), new Set(['acked']));
  assert.deepEqual([transport, stats.sessions, stats.gaps], ['socket', 1, 0]);
  assert.deepEqual(proxy.most, { GET: 1, POST: 1 });
  assert.deepEqual(errors, []);
});

test('a page that is left ends its session at once', async (t) => {
  const { gateway, page } = await openPolled(t);
  assert.deepEqual(await gateway.held(), { connections: 1, subscriptions: 1 });
  await page.goto(`${gateway.url}/health`);
  await until('nothing is held', async () => (await gateway.held()).connections === 0, {
    timeoutMs: 10_000,
  });
});
