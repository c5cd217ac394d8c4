// The component that people paste: it runs unchanged, survives restarts, and misses nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveApp } from './support/app.mjs';
import { newTab, openBrowser } from './support/browser.mjs';
import { storedMessages } from './support/database.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';
import { watchWire } from './support/wire.mjs';

const APP = 'http://localhost:3000';
const CONVERSATION = 'conv_upgrade';
const RESTARTS = ['stop', 'kill', 'stop'];
const PER_OUTAGE = 20;

test('the drop-in component in StrictMode gets all that was said during three restarts, once', async (t) => {
  const gateway = await startGateway(t, { env: { CORS_ORIGIN: APP } });
  const other = await startGateway(t, { database: gateway.database });
  const seeded = await storedMessages(t, gateway.database, CONVERSATION);
  const { page, errors, wire } = await openApp(t, gateway);
  const show = (props) => page.evaluate((props) => globalThis.test.show(props), props);
  const chatIs = (text) => page.locator(`#chat:text-is("${text}")`).waitFor();
  const counts = () =>
    page.evaluate(() => ({ mounts: globalThis.test.mounts, renders: globalThis.test.renders }));
  const messages = () =>
    page.evaluate(() => globalThis.test.events.filter(({ type }) => type === 'message'));
  const untilHeard = (count) =>
    until(`message ${count}`, async () => (await messages()).length >= count);

  await show({ conversationId: CONVERSATION });
  await chatIs('connected');
  await until('a subscription', async () => (await gateway.held()).subscriptions === 1);
  assert.equal(wire.sockets.length, 1, 'one socket');
  assert.equal(wire.sent('subscribe').length, 1, 'one subscribe');
  await say(gateway, ['Good morning!']);
  await untilHeard(1);
  const { mounts } = await counts();
  const renders = [(await counts()).renders];

  for (const [index, how] of RESTARTS.entries()) {
    await gateway[how]();
    await chatIs('not connected');
    await say(
      other,
      Array.from({ length: PER_OUTAGE }, (_, number) => `${how} ${number}`),
    );
    await gateway.start();
    const restarted = Date.now();
    await chatIs('connected');
    t.diagnostic(`${how}: back after ${((Date.now() - restarted) / 1000).toFixed(1)} s`);
    await untilHeard(1 + (index + 1) * PER_OUTAGE);
    renders.push((await counts()).renders);
  }
  await say(gateway, ['And on it goes.']);
  await untilHeard(2 + RESTARTS.length * PER_OUTAGE);

  const said = (await storedMessages(t, gateway.database, CONVERSATION)).slice(seeded.length);
  assert.equal(said.length, 2 + RESTARTS.length * PER_OUTAGE);
  assert.deepEqual(
    (await messages()).map(({ data }) => data.id),
    said.map(({ id }) => id),
  );
  assert.equal((await counts()).mounts, mounts, 'it was not mounted again');
  assert.equal(wire.openSockets.length, 1);
  assert.equal(wire.sent('subscribe').length, 1 + RESTARTS.length, 'one subscribe a session');
  assert.equal(wire.sent('unsubscribe').length, 0);
  t.diagnostic(`renders, StrictMode's own doubles included: ${renders.join(', ')}`);

  assert.deepEqual(await gateway.held(), { connections: 1, subscriptions: 1 });
  await show({});
  await until('no subscription', async () => (await gateway.held()).subscriptions === 0);
  assert.equal((await gateway.held()).connections, 1, 'somebody else still uses the connection');
  // The server may know of it before the browser's report of the frame is here.
  await until('the unsubscribe', () => wire.sent('unsubscribe').length > 0);
  assert.equal(wire.sent('unsubscribe').length, 1);
  await page.evaluate(() => globalThis.test.unmount());
  await until('no connection', async () => (await gateway.held()).connections === 0);
  assert.deepEqual(
    errors.filter((error) => !error.startsWith('404')),
    [],
  );
});

/** The app, which has the addresses in it that people have in theirs. */
async function openApp(t, gateway) {
  const places = {
    'localhost:3000': await serveApp(t, 'hook.jsx'),
    'localhost:3001': gateway.host,
  };
  const rules = Object.entries(places).map(([name, place]) => `MAP ${name} ${place}`);
  const browser = await openBrowser(t, { args: [`--host-resolver-rules=${rules}`] });
  const { page, errors } = await newTab(browser);
  const wire = watchWire(page);
  await page.goto(`${APP}/?token=${await gateway.token('agent_ana')}`);
  return { page, errors, wire };
}

async function say(gateway, texts) {
  for (const content of texts)
    await gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });
}
