// Pages are hidden, left, come back, and lose their network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBare } from './support/bare.mjs';
import { inside } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { openChat } from './support/chat.mjs';
import { storedMessages } from './support/database.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_refund';

test('a hidden tab still receives, and its stores still tell', async (t) => {
  const { gateway, tab, front } = await openBoth(t);
  await front.bringToFront();
  await until('hidden', () => tab.evaluate(() => document.hidden));
  for (const text of ['Are you there?', 'Nobody looks at me.']) await say(gateway, text);
  await until('both heard', async () => (await told(tab)).messages.length === 2);
  await until('both rendered', () => tab.evaluate(() => globalThis.test.rendered?.length === 2));
  await tab.bringToFront();
  await until('seen', () => tab.evaluate(() => !document.hidden));
  await say(gateway, 'There you are!');
  await until('heard', async () => (await told(tab)).messages.length === 3);
  assert.deepEqual(await gateway.held(), { connections: 1, subscriptions: 1 });
  assert.deepEqual((await told(tab)).errors, []);
});

test('a tab that comes back out of the cache goes on with one socket', async (t) => {
  const { gateway, tab } = await openBoth(t);
  await tab.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      globalThis.test.isRestored = persisted;
    });
  });
  for (const round of [1, 2, 3]) {
    await tab.evaluate(() => {
      globalThis.test.isRestored = false;
    });
    await tab.goto(`${gateway.url}/examples/vanilla/icon.svg`);
    await until('its socket is closed', async () => (await gateway.held()).connections === 0);
    await say(gateway, `missed ${round}`);
    await tab.goBack();
    await until('restored', () => tab.look(() => globalThis.test.isRestored));
    await until('missed nothing', async () => (await told(tab)).messages.length === 2 * round - 1);
    await say(gateway, `live ${round}`);
    await until('hears again', async () => (await told(tab)).messages.length === 2 * round);
    assert.deepEqual(await gateway.held(), { connections: 1, subscriptions: 1 });
  }
  const { messages, errors } = await told(tab);
  assert.deepEqual(
    messages,
    [1, 2, 3].flatMap((round) => [`missed ${round}`, `live ${round}`]),
  );
  assert.deepEqual(errors, []);
});

test('without a network the page says so, and with it loses nothing', async (t) => {
  const gateway = await startGateway(t);
  const chat = await openChat(await openBrowser(t), gateway, 'agent_ana', CONVERSATION);
  await chat.untilBanner({ phase: 'open', transport: 'socket' });
  const context = chat.page.context();
  await context.setOffline(true);
  await chat.untilBanner({ phase: 'offline', transport: 'none' });
  await chat.write('Can you read me?');
  await say(gateway, 'Where are you?');
  await context.setOffline(false);
  const online = Date.now();
  await chat.untilBanner({ phase: 'open', transport: 'socket' });
  t.diagnostic(`back ${((Date.now() - online) / 1000).toFixed(1)} s after the network`);
  await chat.untilHeard(2);
  await assertComplete(t, gateway, chat);
  assert.equal(chat.wire.openSockets.length, 1);
});

/** A tab that listens to the conversation, and one behind it. */
async function openBoth(t) {
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);
  const front = await openBare(browser, `${gateway.url}/health`);
  const tab = await openBare(browser, `${gateway.url}/health`, inside);
  await until('a page', () =>
    tab.look(() => document.readyState === 'complete' && globalThis.test),
  );
  await tab.evaluate(
    async (token) => {
      const { test } = globalThis;
      test.token = token;
      const client = await test.create('one');
      test.conversation = client.conversation('conv_refund');
      test.conversation.subscribe(() => {
        test.rendered = test.conversation.getSnapshot().messages;
      });
    },
    await gateway.token('agent_ana'),
  );
  await until('joined', () =>
    tab.evaluate(() => globalThis.test.conversation.getSnapshot().status === 'live'),
  );
  return { gateway, tab, front };
}

const told = (tab) => tab.evaluate(() => globalThis.test.told.one);

/** What is stored is on the page, once and in order, and what is new was told. */
async function assertComplete(t, gateway, chat) {
  const stored = (await storedMessages(t, gateway.database, CONVERSATION)).map(({ id }) => id);
  const heard = (await chat.heard()).map(({ id }) => id);
  assert.deepEqual(heard, stored.slice(-heard.length));
  assert.deepEqual(await chat.snapshot(), stored);
  await until('the page shows it', async () => (await chat.shown()).length === stored.length);
  assert.deepEqual(await chat.shown(), stored);
  assert.deepEqual(chat.errors, []);
}

async function say(gateway, content) {
  await gateway.api('POST', `/conversations/${CONVERSATION}/messages`, {
    as: 'cust_maya',
    role: 'customer',
    body: { content },
  });
}
