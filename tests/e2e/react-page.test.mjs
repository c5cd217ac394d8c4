// examples/react-vite: the whole chat with the hooks, in Chromium, against a real gateway.
import assert from 'node:assert/strict';
import { readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/command.mjs';
import { newTab, openBrowser } from './support/browser.mjs';
import { startCountingGateway } from './support/counts.mjs';
import { serveExample } from './support/example.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';
import { watchWire } from './support/wire.mjs';

const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
const CONVERSATION = 'conv_refund';
const CUSTOMER = 'cust_maya';
const LOOKS = [
  ['wide', { viewport: { width: 1280, height: 800 } }],
  ['wide and dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['narrow', { viewport: { width: 390, height: 844 } }],
  ['narrow and dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
];

async function open(browser, address, as, options) {
  const { page, errors } = await newTab(browser, options);
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  await page.goto(`${address}/?as=${as}#${CONVERSATION}`);
  await page.getByTestId('message').first().waitFor();
  return { page, errors };
}

async function write(page, text) {
  await page.getByTestId('composer-input').fill(text);
  await page.getByTestId('composer-send').click();
}

const message = (page, text) => page.getByTestId('message').filter({ hasText: text });

test('an agent and a customer talk, see each other type, and miss nothing while the server is away', async (t) => {
  const gateway = await startGateway(t);
  const address = await serveExample(t, 'react-vite', gateway);
  const browser = await openBrowser(t);
  const agent = await open(browser, address, 'agent_ana');
  const customer = await open(browser, address, CUSTOMER);

  await customer.page.getByTestId('composer-input').pressSequentially('Hel');
  await agent.page.getByTestId('typing').getByText('Maya').waitFor();
  await write(customer.page, 'Hello from Maya');
  await message(agent.page, 'Hello from Maya').waitFor();
  await agent.page.getByTestId('conversation-item').getByText('Hello from Maya').waitFor();

  await gateway.kill();
  await agent.page.locator('[data-phase="waiting"]').waitFor();
  await write(agent.page, 'Written while the server was away');
  const written = message(agent.page, 'Written while the server was away');
  assert.equal(await written.getAttribute('data-state'), 'pending');
  await gateway.start();
  await message(customer.page, 'Written while the server was away').waitFor();
  await until('it is sent', async () => (await written.getAttribute('data-state')) === 'sent');
  assert.equal(await written.count(), 1);
  // What the proxy answers while there is no gateway is no fault of the page.
  const own = ({ errors }) => errors.filter((text) => !/WebSocket|Failed to load/.test(text));
  assert.deepEqual([own(agent), own(customer)], [[], []]);
});

test('a message that the server refuses says so, and can be sent again or discarded', async (t) => {
  const gateway = await startGateway(t);
  const address = await serveExample(t, 'react-vite', gateway);
  const { page } = await open(await openBrowser(t), address, 'agent_ana');
  // A little less than what the client takes, and with its envelope more than what the gateway does.
  await write(page, 'x'.repeat(256 * 1024 - 50));
  const refused = page.locator('[data-testid="message"][data-state="failed"]');
  await refused.getByText('Not sent').waitFor();
  await refused.getByText('Try again').click();
  await refused.getByText('Not sent').waitFor();
  await refused.getByText('Discard').click();
  await until('it is gone', async () => (await refused.count()) === 0);
});

test('older messages come as one scrolls, and what one reads stays in its place', async (t) => {
  const gateway = await startGateway(t);
  for (let number = 1; number <= 120; number += 1)
    await gateway.api('POST', `/conversations/${CONVERSATION}/messages`, {
      body: { content: `number ${number}.` },
    });
  const address = await serveExample(t, 'react-vite', gateway);
  const { page } = await open(await openBrowser(t), address, 'agent_ana');
  await message(page, 'number 120.').waitFor();
  const oldest = message(page, 'number 1.');
  const log = page.getByRole('region', { name: 'Messages' });
  await until('the oldest is there', async () => {
    await log.evaluate((element) => element.scrollTo(0, 0));
    return (await oldest.count()) === 1;
  });
  await until('the beginning', async () => {
    await log.evaluate((element) => element.scrollTo(0, 0));
    return page.getByText('The conversation starts here').isVisible();
  });
  await page.getByTestId('new-messages').click();
  await until('the end is shown', () => message(page, 'number 120.').isVisible());
});

test('an edit under hot reload keeps the socket and what is subscribed, and so do fifty fast changes of the conversation', async (t) => {
  const counts = await startCountingGateway(t);
  const { gateway } = counts;
  const address = await serveExample(t, 'react-vite', gateway);
  const { page, errors } = await newTab(await openBrowser(t));
  const wire = watchWire(page);
  // The other one is Vite's own.
  const dialled = () => wire.sockets.filter(({ url }) => /\/ws\b/.test(url)).length;
  let updates = 0;
  page.on('console', (message) => {
    if (/hot updated/.test(message.text())) updates += 1;
  });
  await page.goto(`${address}/?as=agent_ana#${CONVERSATION}`);
  await page.getByTestId('message').first().waitFor();
  await page.getByTestId('composer-input').fill('a draft');
  await counts.come('examples/react-vite: opened', [1, 1, 0]);
  const subscribes = wire.sent('subscribe').length;
  for (const file of ['Thread.jsx', 'Inbox.jsx', 'Composer.jsx']) {
    const before = updates;
    utimesSync(join(root, 'examples/react-vite/src', file), new Date(), new Date());
    await until(`${file} is updated`, () => updates > before);
  }
  const say = (content) =>
    gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });
  await say('Said after the edits');
  await message(page, 'Said after the edits').waitFor();
  assert.equal(await page.getByTestId('composer-input').inputValue(), 'a draft');
  await counts.come('examples/react-vite: three edits under hot reload', [0, 0, 0]);
  assert.equal(dialled(), 1);
  assert.equal(wire.sent('subscribe').length, subscribes);
  assert.equal(wire.sent('unsubscribe').length, 0);

  await page.evaluate(async () => {
    const ids = [...document.querySelectorAll('[data-conversation-id]')];
    for (let route = 0; route < 50; route += 1) {
      location.hash = `#${ids[route % ids.length].dataset.conversationId}`;
      await new Promise((next) => requestAnimationFrame(next));
    }
  });
  await page.evaluate((id) => {
    location.hash = `#${id}`;
  }, CONVERSATION);
  await until('one is subscribed', async () => {
    const { connections, subscriptions } = await gateway.held();
    return connections === 1 && subscriptions === 1;
  });
  assert.equal(dialled(), 1);
  assert.deepEqual(errors, []);
});

test('axe finds nothing to complain of: wide and narrow, light and dark, connected and not', async (t) => {
  const gateway = await startGateway(t);
  const address = await serveExample(t, 'react-vite', gateway);
  const browser = await openBrowser(t);
  for (const [look, options] of LOOKS) {
    const { page } = await open(browser, address, 'agent_ana', options);
    await page.locator('[data-phase="open"]').waitFor();
    assert.deepEqual(await violations(page), [], look);
    await page.getByTestId('drop-connection').click();
    await page.getByText('You are disconnected').waitFor();
    assert.deepEqual(await violations(page), [], `${look}, not connected`);
    await page.goto(`${address}/?as=agent_ana#`);
    await page.getByTestId('conversation-item').first().waitFor();
    assert.deepEqual(await violations(page), [], `${look}, the list`);
    await page.context().close();
  }
});

/** What axe complains of: rules, and where. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run();
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html.slice(0, 120))]);
  });
}
