// Whatever becomes of the gateway, what was said arrives once and in order, and the page does not lie about it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser } from './support/browser.mjs';
import { openChat } from './support/chat.mjs';
import { storedMessages } from './support/database.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_refund';
const EACH = 200;
/** Longer than the longest wait between two tries. */
const LONG_MS = 60_000;

const texts = (who, from, to) =>
  Array.from({ length: to - from }, (_, index) => `${who} ${from + index}`);

test('200 messages each way around a crash of the gateway are in both tabs once, in order', async (t) => {
  const gateway = await startGateway(t);
  const seeded = await storedMessages(t, gateway.database, CONVERSATION);
  const browser = await openBrowser(t);
  const agent = await openChat(browser, gateway, 'agent_ana', CONVERSATION);
  const customer = await openChat(browser, gateway, 'cust_maya', CONVERSATION);
  const people = { agent, customer };
  const each = (ask) =>
    Promise.all(Object.entries(people).map(([name, person]) => ask(person, name)));
  const write = async (from, to) => {
    for (let number = from; number < to; number += 1)
      await each((person, name) => person.write(`${name} ${number}`));
  };
  await each((person) => person.untilBanner({ phase: 'open', transport: 'socket' }));

  await write(0, 10);
  const talking = each((person, name) => person.say(texts(name, 10, EACH - 10)));
  await each((person) => person.untilHeard(100));
  await gateway.kill();
  await each((person) => person.untilBanner({ transport: 'none' }));
  const before = await each(async (person) => (await person.heard()).length);
  await each((person, name) => person.untilShown(`${name} ${EACH - 11}`));
  await write(EACH - 10, EACH - 5);
  await gateway.start();
  await each((person) => person.untilBanner({ phase: 'open', transport: 'socket' }));
  await write(EACH - 5, EACH);
  for (const results of await talking) assert.deepEqual(new Set(results), new Set(['acked']));
  await each((person) => person.untilHeard(2 * EACH));

  const stored = await storedMessages(t, gateway.database, CONVERSATION);
  const ids = stored.map((message) => message.id);
  const said = stored.slice(seeded.length);
  for (const name of Object.keys(people)) {
    const own = said.map(({ content }) => content).filter((text) => text.startsWith(name));
    assert.deepEqual(own, texts(name, 0, EACH), `the ${name}'s own, as they were written`);
  }
  await each(async (person, name) => {
    const heard = await person.heard();
    assert.deepEqual(
      heard.map(({ id }) => id),
      said.map(({ id }) => id),
      `what the ${name} was told`,
    );
    assert.ok(
      heard.every(({ late }) => !late),
      'nothing came late',
    );
    assert.deepEqual(await person.snapshot(), ids, `the ${name}'s snapshot`);
    await until(`the ${name}'s page`, async () => (await person.shown()).length === ids.length);
    assert.deepEqual(await person.shown(), ids, `the ${name}'s page`);
    assert.equal(person.wire.openSockets.length, 1);
    assert.deepEqual(person.errors, []);
  });
  t.diagnostic(`killed when the tabs had been told of ${before.join(' and ')} messages`);
});

test('the seconds that the banner counts down are those until the next try', async (t) => {
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);
  const { page, wire } = await openChat(browser, gateway, 'agent_ana', CONVERSATION);
  await page.evaluate(() => {
    const countdown = document.querySelector('[data-testid=countdown]');
    const seen = [];
    globalThis.test.seen = seen;
    new MutationObserver(() => {
      const { retryAt } = globalThis.test.client.connection.getSnapshot();
      seen.push({ at: Date.now(), retryAt, seconds: Number.parseInt(countdown.textContent, 10) });
    }).observe(countdown, { childList: true, characterData: true, subtree: true });
  });
  await gateway.kill();

  // The waits grow: one of some seconds, from its beginning to the try after it.
  const retryAt = await until(
    'a wait of three seconds or more',
    () =>
      page.evaluate(() => {
        const { client, connections } = globalThis.test;
        const { phase, retryAt } = client.connection.getSnapshot();
        const wait = connections.find((one) => one.retryAt === retryAt && one.phase === 'waiting');
        return phase === 'waiting' && wait && retryAt - wait.at > 3_000 && retryAt;
      }),
    { timeoutMs: LONG_MS },
  );
  const isTry = ({ path, at }) => path === '/dev/token' && at > retryAt - 1_000;
  const { at } = await until('the next try', () => wire.requests.find(isTry), {
    timeoutMs: LONG_MS,
  });
  assert.ok(Math.abs(at - retryAt) < 300, `tried ${at - retryAt} ms after the announced moment`);

  const seen = await page.evaluate(() => globalThis.test.seen);
  const shown = seen.filter((one) => one.retryAt === retryAt);
  const seconds = shown.map((one) => one.seconds).filter((one, i, all) => one !== all[i - 1]);
  assert.ok(seconds.length >= 3, `it counted ${seconds}`);
  for (const [index, count] of seconds.entries()) assert.equal(count, seconds[0] - index);
  for (const one of shown) {
    const leftMs = retryAt - one.at;
    // It looks four times a second.
    const isTrue = one.seconds * 1_000 >= leftMs && (one.seconds - 1) * 1_000 <= leftMs + 350;
    assert.ok(isTrue, `${one.seconds} s shown with ${leftMs} ms to go`);
  }
  t.diagnostic(
    `counted ${seconds.join(', ')}; tried ${at - retryAt} ms after the announced moment`,
  );
});
