// examples/nextjs: what a server rendered is taken over by the page, with nothing missed and nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTab, openBrowser } from './support/browser.mjs';
import { serveExample } from './support/example.mjs';
import { startGateway } from './support/gateway.mjs';

const CONVERSATION = 'conv_refund';

test('Next.js: the source holds the messages, and one that was sent before hydration appears once', async (t) => {
  const gateway = await startGateway(t);
  const say = (content) =>
    gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });
  await say('Rendered by the server');
  const address = await serveExample(t, 'nextjs', gateway);
  const { page, errors } = await newTab(await openBrowser(t));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });

  // The page's scripts wait until something has been said after it was rendered.
  let letScriptsCome;
  const said = new Promise((resolve) => {
    letScriptsCome = resolve;
  });
  await page.route('**/_next/static/**/*.js*', async (route) => {
    await said;
    await route.continue();
  });
  const message = (text) => page.getByTestId('message').filter({ hasText: text });
  const response = await page.goto(`${address}/conversations/${CONVERSATION}`, {
    waitUntil: 'commit',
  });
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
