// What whoever runs `npm start` sees first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openTab } from './support/browser.mjs';
import { startGateway } from './support/gateway.mjs';

test('the page of a fresh gateway lists conversations, and one opens', async (t) => {
  const gateway = await startGateway(t);
  const { page, errors } = await openTab(await openBrowser(t), gateway.url);

  const items = page.getByTestId('conversation-item');
  await items.first().waitFor();
  assert.ok((await items.count()) >= 2, 'the seed has several conversations');

  await items.first().click();
  await page.getByTestId('thread').getByTestId('message').first().waitFor();
  assert.deepEqual(errors, []);
});
