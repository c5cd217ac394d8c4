// What components cost the server: its own counts of sockets, subscribes and unsubscribes, a line for each thing they do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveApp } from './support/app.mjs';
import { newTab, openBrowser } from './support/browser.mjs';
import { startCountingGateway } from './support/counts.mjs';
import { until } from './support/until.mjs';

const CONVERSATIONS = ['conv_invoice', 'conv_login', 'conv_upgrade', 'conv_refund', 'conv_parcel'];
const [ONE, OTHER] = CONVERSATIONS;
const EVERY_MS = 100;
const WAYS = { '': {}, ' and React Compiler': { byCompiler: true } };

/** A gateway that counts, and an app of React's that its people open. */
async function open(t, options) {
  const app = await serveApp(t, 'providers.jsx', options);
  const counts = await startCountingGateway(t, { env: { CORS_ORIGIN: `http://${app}` } });
  const { gateway } = counts;
  const { page, errors } = await newTab(await openBrowser(t));
  await page.clock.install();
  const address = `http://${app}/`;
  await page.goto(address);
  const url = (token) => `ws://${gateway.host}/ws${token ? `?token=${token}` : ''}`;
  const held = (connections, subscriptions) =>
    until(`${connections} connections, ${subscriptions} subscriptions`, async () => {
      const now = await gateway.held();
      return now.connections === connections && now.subscriptions === subscriptions;
    });
  const end = async () => {
    assert.deepEqual(
      errors.filter((error) => !error.startsWith('404')),
      [],
    );
    await counts.end();
  };
  return { address, counts, gateway, page, url, held, end };
}

const show = (page, ...providers) =>
  page.evaluate((providers) => globalThis.test.show(providers), providers);
const live = (page, count) =>
  until(`${count} live`, async () => {
    const states = await page.locator('output').allTextContents();
    return states.length === count && states.every((state) => state === 'live');
  });

for (const [how, options] of Object.entries(WAYS))
  test(`StrictMode${how}, and fifty changes of the route in five seconds: one socket, and what is shown is subscribed`, async (t) => {
    const { counts, gateway, page, url, held, end } = await open(t, options);
    const provider = { url: url(await gateway.token('agent_ana')) };
    /** As somebody who goes from one to the next, by the page's own clock. */
    const visit = async (ids) => {
      await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
      for (const id of ids) {
        const providers = [{ key: 'one', ...provider, conversationIds: [id] }];
        await page.evaluate((all) => globalThis.test.showAtOnce(all), providers);
        await page.clock.runFor(EVERY_MS);
      }
      await page.clock.resume();
    };

    await show(page, { key: 'one', ...provider, conversationIds: [ONE] });
    await live(page, 1);
    await counts.come(`StrictMode${how}: mounted`, [1, 1, 0]);
    await visit(Array.from({ length: 50 }, (_, route) => (route % 2 ? ONE : OTHER)));
    await held(1, 1);
    await counts.come('50 routes in 5 s, between two conversations', [0, 1, 1]);
    await visit(Array.from({ length: 50 }, (_, route) => CONVERSATIONS[route % 5]));
    await held(1, 1);
    // Each is away for 400 ms, which is longer than it stays joined: one leave and one join a route.
    await counts.come('50 routes in 5 s, round five conversations', [0, 49, 49]);
    await show(page);
    await held(0, 0);
    await counts.come('unmounted', [0, 0, 1]);
    await end();
  });

test('two providers of the same address and plain options are one client, whatever the query; others are two', async (t) => {
  const { counts, gateway, page, url, held, end } = await open(t);
  const [ana, ben] = [await gateway.token('agent_ana'), await gateway.token('agent_ben')];
  // The first shows another conversation, too, which tells that the time to leave has passed.
  const both = { url: url(ana), conversationIds: [ONE] };
  const pairs = {
    'the same of all': { other: both, come: [1, 2, 0], go: [0, 0, 1] },
    'another token in the query': {
      other: { ...both, url: url(ben) },
      come: [1, 2, 0],
      go: [0, 0, 1],
    },
    'another token as an option': {
      one: { ...both, url: url(), options: { token: ana } },
      other: { ...both, url: url(), options: { token: ben } },
      come: [2, 3, 0],
      go: [0, 0, 2],
    },
    'another option': {
      other: { ...both, options: { lingerMs: 300 } },
      come: [2, 3, 0],
      go: [0, 0, 2],
    },
  };
  for (const [what, { one = both, other, come, go }] of Object.entries(pairs)) {
    const first = { ...one, conversationIds: [ONE, OTHER] };
    await show(page, { key: 'one', ...first }, { key: 'other', ...other });
    await live(page, 3);
    await counts.come(`two providers, ${what}`, come);
    await show(page, { key: 'other', ...other });
    await counts.come(`two providers, ${what}: the first goes`, go);
    await held(1, 1);
    await show(page);
    await counts.come(`two providers, ${what}: the second goes`, [0, 0, 1]);
    await held(0, 0);
  }
  await end();
});

test('two tabs of one person have a socket and a subscription each, and one that is closed takes nothing from the other', async (t) => {
  const { address, counts, gateway, page, url, held, end } = await open(t);
  const provider = {
    key: 'one',
    url: url(await gateway.token('agent_ana')),
    conversationIds: [ONE],
  };
  const second = await page.context().newPage();
  await second.goto(address);
  for (const tab of [page, second]) {
    await show(tab, provider);
    await live(tab, 1);
  }
  await counts.come('two tabs', [2, 2, 0]);
  await held(2, 2);
  await second.close();
  await held(1, 1);
  const body = { content: 'Said to whoever stayed' };
  await gateway.api('POST', `/conversations/${ONE}/messages`, { body });
  await page.getByText(body.content).waitFor();
  await counts.come('one of them is closed', [0, 0, 0]);
  await end();
});
