// examples/nextjs: what a server rendered is taken over by the page, with nothing missed and nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveExample } from './support/example.mjs';
import { startGateway } from './support/gateway.mjs';
import { openHeld } from './support/held.mjs';

const CONVERSATION = 'conv_refund';

test('Next.js: the source holds the messages, and one that was sent before hydration appears once', async (t) => {
  const gateway = await startGateway(t);
  const say = (content) =>
    gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });
  await say('Rendered by the server');
  const address = await serveExample(t, 'nextjs', gateway);
  const { page, errors, response, letScriptsCome } = await openHeld(
    t,
    `${address}/conversations/${CONVERSATION}`,
    '**/_next/static/**/*.js*',
  );
  const message = (text) => page.getByTestId('message').filter({ hasText: text });
  await message('Rendered by the server').waitFor();
  await say('Said before hydration');
  assert.equal(await message('Said before hydration').count(), 0);
  letScriptsCome();

  await page.getByText('Connected', { exact: true }).waitFor({ timeout: 60_000 });
  await message('Said before hydration').waitFor();
  await say('Said afterwards');
  await message('Said afterwards').waitFor();
  const contents = await page.getByTestId('message').locator('span').allTextContents();
  assert.deepEqual(contents.slice(-3), [
    'Rendered by the server',
    'Said before hydration',
    'Said afterwards',
  ]);
  assert.equal(new Set(contents).size, contents.length, 'nothing is shown twice');
  assert.match(await response.text(), /Rendered by the server/);

  await page.getByLabel('Message').fill('And from the page');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('[data-state="sent"]').filter({ hasText: 'And from the page' }).waitFor();
  await page.getByRole('link', { name: 'All conversations' }).click();
  await page.getByRole('heading', { name: 'Conversations' }).waitFor();
  assert.equal((await gateway.held()).connections, 1, 'the connection stays from page to page');
  assert.deepEqual(errors, []);
});
