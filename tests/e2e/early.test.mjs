// The first socket opens while the engine is on its way, and the engine goes on with it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { startCountingGateway } from './support/counts.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_login';

test('a socket is open before the engine is there, and it is the only one', async (t) => {
  const counts = await startCountingGateway(t);
  const { gateway } = counts;
  let letItCome;
  const coming = new Promise((resolve) => {
    letItCome = resolve;
  });
  const holdBack = (page) =>
    page.route('**/src/js/engine.js', async (route) => {
      await coming;
      await route.continue();
    });
  const { page, errors } = await openBlank(await openBrowser(t), gateway, { prepare: holdBack });

  await page.evaluate(async (conversationId) => {
    const url = `/ws?token=${globalThis.test.token}`;
    const client = await globalThis.test.create('one', { url, token: undefined });
    client.send({ type: 'subscribe', conversationId });
  }, CONVERSATION);
  await until('it is open', async () => (await gateway.held()).connections === 1);
  assert.equal((await gateway.held()).subscriptions, 0);

  letItCome();
  await until('it has joined', async () => (await gateway.held()).subscriptions === 1);
  await gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content: 'hi' } });
  await until('it hears', () => page.evaluate(() => globalThis.test.told.one.messages.length > 0));
  const { one } = await page.evaluate(() => globalThis.test.told);
  assert.deepEqual([one.messages, one.errors, errors], [['hi'], [], []]);
  await counts.come('a socket that opened early', [1, 1, 0]);
});
