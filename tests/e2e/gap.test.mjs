// More was missed than the server replays, and nothing can be polled: one gap is told, and loadBefore closes it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveApp } from './support/app.mjs';
import { openBrowser } from './support/browser.mjs';
import { openChatter } from './support/chatter.mjs';
import { storedMessages } from './support/database.mjs';
import { startFaultProxy } from './support/fault-proxy.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATIONS = ['conv_refund', 'conv_parcel'];
const REPLAYED = 10;
const MISSED = 30;

test('an outage longer than the replay is one gap in each conversation, and can be closed', async (t) => {
  const app = await serveApp(t, 'chatter.js');
  const env = { CORS_ORIGIN: `http://${app}`, REPLAY_LIMIT: String(REPLAYED) };
  const gateway = await startGateway(t, { env });
  const proxy = await startFaultProxy(t, gateway);
  const messages = `${proxy.url}/api/conversations/{conversationId}/messages`;
  const options = {
    url: `${proxy.url}/ws`,
    token: await gateway.token('agent_ana'),
    backoff: { minMs: 50, maxMs: 200 },
    history: { before: `${messages}?before={before}&limit={limit}` },
  };
  const chatter = await openChatter(await openBrowser(t), app, options, ...CONVERSATIONS);
  const expected = Object.fromEntries(CONVERSATIONS.map((id) => [id, []]));
  const each = async (ask) => {
    for (const id of CONVERSATIONS) await ask(id, expected[id]);
  };
  const say = async (id, count) => {
    const path = `/conversations/${id}/messages`;
    const body = { content: 'Hello?' };
    const said = [];
    for (let number = 0; number < count; number += 1)
      said.push((await gateway.api('POST', path, { body })).id);
    return said;
  };
  const sayAndHear = (count) =>
    each(async (id, told) => {
      told.push(...(await say(id, count)));
      await chatter.untilHeard(told.at(-1));
    });
  const outage = async (meanwhile) => {
    proxy.refuse();
    proxy.cut();
    await each((id) => untilStatus(chatter, id, 'joining'));
    await meanwhile();
    proxy.resume();
    await each((id) => untilStatus(chatter, id, 'live'));
  };

  await sayAndHear(5);
  // What is replayed is no gap.
  await outage(() => each(async (id, told) => told.push(...(await say(id, REPLAYED)))));
  await sayAndHear(1);
  await outage(() => each((id) => say(id, MISSED)));
  await each((_, told) => told.push('gap'));
  await sayAndHear(3);

  const heard = await chatter.heard();
  await each((id, told) => {
    const own = heard.filter((event) => event.conversationId === id);
    assert.deepEqual(
      own.map((event) => event.id ?? event.type),
      told,
    );
  });

  // From the newer end of what is missing to the older one, then on to what was there before.
  await each(async (id, told) => {
    const stored = (await storedMessages(t, gateway.database, id)).map((message) => message.id);
    const shown = async () => {
      const { messages, hasGap } = await chatter.snapshot(id);
      return { ids: messages.map((message) => message.id), hasGap };
    };
    const known = told.filter((one) => one !== 'gap');
    assert.deepEqual(await shown(), { ids: known, hasGap: true });

    assert.equal(await chatter.loadBefore(id, 20), undefined);
    const firstMissed = stored.indexOf(known.at(-3)) - MISSED;
    const found = stored.slice(firstMissed + MISSED - 20, firstMissed + MISSED);
    assert.deepEqual(await shown(), { ids: known.toSpliced(-3, 0, ...found), hasGap: true });

    assert.equal(await chatter.loadBefore(id, 20), undefined);
    assert.deepEqual(await shown(), { ids: stored.slice(-known.length - MISSED), hasGap: false });

    assert.equal(await chatter.loadBefore(id, 50), undefined);
    assert.deepEqual(await shown(), { ids: stored, hasGap: false });
  });
  assert.equal((await chatter.heard()).length, heard.length, 'what is loaded is not told as new');
});

async function untilStatus(chatter, id, status) {
  await until(`${id} is ${status}`, async () => (await chatter.snapshot(id)).status === status);
}
