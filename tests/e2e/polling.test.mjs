// Without sockets the same page works by asking; when there are sockets again, it stops asking.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openBrowser } from './support/browser.mjs';
import { openChat } from './support/chat.mjs';
import { storedMessages } from './support/database.mjs';
import { startGateway } from './support/gateway.mjs';

const CONVERSATION = 'conv_parcel';
const THREAD = /^\/api\/conversations\/conv_parcel\/messages$/;
const LIST = /^\/api\/conversations$/;
/** Longer than two of the page's intervals, and than all that is between two reads of a thread. */
const SILENCE_MS = 12_000;

test('a gateway without sockets is polled and posted to, and left alone when it has them', async (t) => {
  const gateway = await startGateway(t, { env: { WEBSOCKET_ENABLED: 'false' } });
  const seeded = await storedMessages(t, gateway.database, CONVERSATION);
  const browser = await openBrowser(t);
  const started = Date.now();
  const agent = await openChat(browser, gateway, 'agent_ana', CONVERSATION);
  const customer = await openChat(browser, gateway, 'cust_leo', CONVERSATION);
  const people = [agent, customer];
  const each = (ask) => Promise.all(people.map(ask));
  await each((person) => person.untilBanner({ transport: 'polling' }));
  t.diagnostic(`polling ${seconds(started)} s after the first tab was opened`);

  await agent.write('Is it there?');
  await customer.untilShown('Is it there?');
  await customer.write('Yes, thank you!');
  await agent.untilShown('Yes, thank you!');
  for (const person of people) {
    assert.equal(person.wire.count('POST', THREAD), 1, 'a send is one POST');
    assert.ok(person.wire.count('GET', THREAD) > 0);
    assert.ok(person.wire.count('GET', LIST) > 0);
  }
  await each((person) => person.untilHeard(2));
  const polled = await each((person) => person.heard());
  for (const heard of polled) assert.ok(heard.some(({ via }) => via === 'poll'));
  assert.equal(polled.flat().filter(({ via }) => via === 'socket').length, 0);

  // While it restarts, both sides go on, and somebody writes through another process.
  const other = await startGateway(t, { database: gateway.database });
  await gateway.stop();
  await customer.write('One more thing.');
  await agent.write('I am listening.');
  for (let number = 0; number < 10; number += 1)
    await other.api('POST', `/conversations/${CONVERSATION}/messages`, {
      body: { content: `note ${number}` },
    });
  await gateway.start({ WEBSOCKET_ENABLED: 'true' });
  const restarted = Date.now();
  await each(async (person) => {
    await person.untilBanner({ phase: 'open', transport: 'socket' });
    t.diagnostic(`back on the socket after ${seconds(restarted)} s`);
  });
  assert.ok(Date.now() - restarted < 35_000);

  const posts = people.map((person) => person.wire.count('POST', THREAD));
  const settled = Date.now();
  await pause(1_000);
  const asked = people.map((person) => person.wire.requests.length);
  await agent.write('By the way …');
  await customer.write('Yes?');
  await each((person) => person.untilHeard(16));
  await pause(SILENCE_MS);
  for (const [index, { wire }] of people.entries()) {
    const reads = wire.requests.slice(asked[index]).filter(({ path }) => path.startsWith('/api/'));
    assert.deepEqual(reads, [], `asked again ${seconds(settled)} s after the socket was back`);
    assert.equal(wire.count('POST', THREAD), posts[index], 'sends go over the socket');
  }

  const stored = await storedMessages(t, gateway.database, CONVERSATION);
  const said = stored.slice(seeded.length);
  assert.equal(said.length, 16, 'everything is stored, once');
  for (const person of people) {
    const heard = await person.heard();
    assert.deepEqual(
      heard.map(({ id }) => id),
      said.map(({ id }) => id),
    );
    assert.deepEqual(
      await person.snapshot(),
      stored.map(({ id }) => id),
    );
    assert.ok(heard.slice(-2).every(({ via }) => via === 'socket' || via === 'echo'));
    assert.deepEqual(person.errors, []);
  }
});

const seconds = (since) => ((Date.now() - since) / 1000).toFixed(1);
