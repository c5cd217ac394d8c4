// What Vue, Svelte and Solid rendered in Node, their page in Chromium takes over, with nothing missed and nothing twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from './support/gateway.mjs';
import { openHeld } from './support/held.mjs';
import { buildRendered, serveRendered } from './support/rendered.mjs';

const CONVERSATION = 'conv_refund';
const TEXTS = [
  'Rendered by the server',
  'Said before hydration',
  'Said afterwards',
  'Said by the page',
];

// Newer versions of Node have one, and the pages are to be rendered without.
delete globalThis.WebSocket;

for (const framework of ['vue', 'svelte', 'solid'])
  test(`${framework}: a server's page is hydrated without a mismatch, and what was said in between appears once`, async (t) => {
    const [rendered, before, afterwards, own] = TEXTS;
    const gateway = await startGateway(t, { env: { CORS_ORIGIN: '*' } });
    const path = `/conversations/${CONVERSATION}/messages`;
    const say = (content) => gateway.api('POST', path, { body: { content } });
    await say(rendered);
    const address = await serveRendered(t, await buildRendered(t, framework), async () => ({
      url: `ws://${gateway.host}/ws?token=${await gateway.token('agent_ana')}`,
      id: CONVERSATION,
      initialMessages: (await gateway.api('GET', path)).messages,
    }));
    const { page, errors, response, letScriptsCome } = await openHeld(t, address, '**/client.js');
    await page.getByText(rendered).waitFor();
    assert.match(await response.text(), /Rendered by the server/);
    assert.equal(await page.getByRole('status').textContent(), 'Not connected, idle');
    const isStill = () =>
      page.evaluate(() => {
        const now = [...document.querySelectorAll('[role=status], li, button')].slice(0, 3);
        globalThis.before ??= now;
        return now.every((element, index) => element === globalThis.before[index]);
      });
    await isStill();
    await say(before);
    assert.equal(await page.getByText(before).count(), 0);
    letScriptsCome();

    await page.getByText('Connected, live').waitFor();
    await page.getByText(before).waitFor();
    await say(afterwards);
    await page.getByText(afterwards).waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(own).waitFor();
    const contents = await page.getByRole('listitem').allTextContents();
    assert.deepEqual(contents.slice(-TEXTS.length), TEXTS);
    assert.equal(new Set(contents).size, contents.length, 'nothing is shown twice');
    assert.ok(await isStill(), 'the elements are those that the server sent');
    assert.deepEqual(errors, []);
  });
