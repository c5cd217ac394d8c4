// examples/vue-svelte-solid: three pages talk to each other, each with its framework, and miss nothing in a restart.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/command.mjs';
import { newTab, openBrowser } from './support/browser.mjs';
import { serveExample } from './support/example.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const CONVERSATION = 'conv_refund';
const PEOPLE = { vue: 'agent_ana', svelte: 'cust_maya', solid: 'agent_ben' };

test('a page with Vue, one with Svelte and one with Solid talk to each other', async (t) => {
  const gateway = await startGateway(t);
  const address = await serveExample(t, 'vue-svelte-solid', gateway);
  const browser = await openBrowser(t);
  const pages = {};
  for (const [framework, as] of Object.entries(PEOPLE)) {
    const { page, errors } = await newTab(browser);
    await page.goto(`${address}/${framework}/?as=${as}`);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByLabel('Conversation').selectOption(CONVERSATION);
    await page.getByTestId('message').first().waitFor();
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
      framework,
    );
    pages[framework] = { page, errors };
  }
  const message = (page, text) => page.getByTestId('message').filter({ hasText: text });
  const say = async (framework, text) => {
    const { page } = pages[framework];
    await page.getByLabel('Message').fill(text);
    for (const [other, { page }] of Object.entries(pages))
      if (other !== framework)
        await page.getByTestId('typing').getByText(PEOPLE[framework]).waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    for (const { page } of Object.values(pages)) await message(page, text).waitFor();
    const sent = message(page, text);
    await until('it is sent', async () => (await sent.getAttribute('data-state')) === 'sent');
  };

  for (const framework of Object.keys(pages)) await say(framework, `Hello from ${framework}`);
  await gateway.kill();
  for (const { page } of Object.values(pages)) await page.getByText('Not connected').waitFor();
  await gateway.start();
  for (const { page } of Object.values(pages))
    await page.getByText('Connected', { exact: true }).waitFor();
  for (const framework of Object.keys(pages)) await say(framework, `Back again, ${framework}`);
  for (const [framework, { page, errors }] of Object.entries(pages)) {
    const texts = await page.getByTestId('message').allTextContents();
    assert.equal(texts.filter((text) => /Hello from|Back again/.test(text)).length, 6, framework);
    assert.deepEqual(errors, [], framework);
  }
});
