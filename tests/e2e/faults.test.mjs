// Three people talk while their connections fail in every way: each hears all of it, once and in order.
// FAULTS=full is the long run; FAULTS_SEED repeats one that failed.
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { targetFolder } from '../../scripts/cargo.mjs';
import { serveApp } from './support/app.mjs';
import { openBrowser } from './support/browser.mjs';
import { drawFaults, strike } from './support/chaos.mjs';
import { openChatter } from './support/chatter.mjs';
import { storedMessages } from './support/database.mjs';
import { startFaultProxy } from './support/fault-proxy.mjs';
import { startGateway } from './support/gateway.mjs';
import { startPlainServer } from './support/plain-server.mjs';
import { until } from './support/until.mjs';

const { messages: MESSAGES, faults: FAULTS } =
  process.env.FAULTS === 'full' ? { messages: 5_000, faults: 100 } : { messages: 600, faults: 20 };
const SEED = Number(process.env.FAULTS_SEED ?? randomInt(2 ** 31));
const CONVERSATION = 'conv_refund';
const PEOPLE = ['agent_ana', 'agent_ben', 'agent_eve'];
/** Of what is said during one fault, a tenth is posted by somebody whose network is good. */
const POSTED = Math.floor(MESSAGES / FAULTS / 10);
const SAID = (MESSAGES / FAULTS - POSTED) / PEOPLE.length;

test('the gateway: lost 0, twice 0, out of order 0', async (t) => {
  const app = await serveApp(t, 'chatter.js');
  const gateway = await startGateway(t, { env: { CORS_ORIGIN: `http://${app}` } });
  const seed = await storedMessages(t, gateway.database, CONVERSATION);
  const proxy = await startFaultProxy(t, gateway);
  const tokens = await Promise.all(PEOPLE.map((name) => gateway.token(name)));
  const people = await openPeople(t, app, (index) => ({
    ...optionsBehind(proxy),
    token: tokens[index],
    heartbeat: { intervalMs: 400, timeoutMs: 400 },
  }));
  const post = (content) =>
    gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });

  const end = await talk(t, proxy, people, post);
  const all = await storedMessages(t, gateway.database, CONVERSATION);
  const stored = all.slice(seed.length);
  await untilAllHeard(people, end, stored);
  const results = await judge(t, 'gateway', people, stored);

  const contents = stored.map(({ content }) => content);
  const shown = all.slice(-SHOWN).map(({ id }) => id);
  for (const [
    index,
    { lost, twice, disordered, gaps, late, sent, snapshot },
  ] of results.entries()) {
    assert.deepEqual({ lost, twice, disordered, gaps, late }, { ...NOTHING_WRONG, late: 0 });
    assert.deepEqual(idsOf(snapshot), shown, `the snapshot of ${PEOPLE[index]}`);
    const own = contents.filter((content) => content.startsWith(PEOPLE[index]));
    const acked = sent.filter(({ status }) => status === 'acked').map(({ text }) => text);
    assert.deepEqual(own, acked, 'what was acked is stored once, as it was said');
    assert.equal(acked.length, SAID * FAULTS, 'every send was acked');
  }
  assert.equal(stored.length, MESSAGES + 2);
});

test('a plain server with ids and history: lost 0, twice 0', async (t) => {
  const app = await serveApp(t, 'chatter.js');
  const server = await startPlainServer(t);
  const proxy = await startFaultProxy(t, server);
  const people = await openPeople(t, app, () => optionsBehind(proxy));
  const post = async (content) => server.post(CONVERSATION, { content });

  const end = await talk(t, proxy, people, post);
  const stored = server.messages(CONVERSATION);
  await untilAllHeard(people, end, stored);
  const results = await judge(t, 'plain', people, stored);

  const contents = stored.map(({ content }) => content);
  assert.equal(new Set(contents).size, contents.length, 'nothing is stored twice');
  for (const { lost, twice, disordered, gaps, sent, snapshot } of results) {
    assert.deepEqual({ lost, twice, disordered, gaps }, NOTHING_WRONG);
    const acked = sent.filter(({ status }) => status === 'acked');
    assert.ok(acked.every(({ text }) => contents.includes(text)));
    // What a server without acks never got is shown as sent: nobody can know better.
    const places = snapshot.map(({ content }) => contents.indexOf(content)).filter((at) => at >= 0);
    assert.deepEqual(
      places,
      [...new Set(places)].sort((one, other) => one - other),
    );
  }
});

/** Messages that a snapshot keeps. */
const SHOWN = 500;
const idsOf = (messages) => messages.map(({ id }) => id);
const NOTHING_WRONG = { lost: 0, twice: 0, disordered: 0, gaps: 0 };

/** What makes a client notice within a second what otherwise takes it half a minute. */
const optionsBehind = ({ url }) => ({
  url: `${url}/ws`,
  connectTimeoutMs: 1_000,
  backoff: { minMs: 50, maxMs: 500, stableAfterMs: 500 },
  outbox: { ackTimeoutMs: 1_000 },
  polling: {
    messages: `${url}/api/conversations/{conversationId}/messages?after={after}`,
    send: `${url}/api/conversations/{conversationId}/messages`,
    messagesIntervalMs: 300,
    startAfterMs: 700,
  },
});

async function openPeople(t, app, optionsOf) {
  const browser = await openBrowser(t);
  return Promise.all(
    PEOPLE.map((_, index) => openChatter(browser, app, optionsOf(index), CONVERSATION)),
  );
}

/** All say their share while fault follows fault; resolves with the message after all others. */
async function talk(t, proxy, people, post) {
  t.diagnostic(`FAULTS_SEED=${SEED}, ${FAULTS} faults, ${MESSAGES} messages`);
  // A client that never was told what there is cannot tell what is new.
  const beginning = await post('the beginning');
  for (const person of people) await person.untilHeard(beginning.id);
  const started = performance.now();
  const shareOf = (name, step, count) =>
    Array.from({ length: count }, (_, index) => `${name} ${step * count + index}`);
  for (const [step, fault] of drawFaults(SEED, FAULTS).entries()) {
    const posting = async () => {
      for (const text of shareOf('rest', step, POSTED)) await post(text);
    };
    const saying = people.map((person, index) =>
      person.say(CONVERSATION, shareOf(PEOPLE[index], step, SAID)),
    );
    await Promise.all([strike(proxy, fault), posting(), ...saying]);
  }
  const healed = performance.now();
  for (const person of people) await person.untilSettled();
  const end = await post('the end');
  t.diagnostic(
    `${Math.round((healed - started) / 1000)} s of faults, settled ${Math.round(performance.now() - healed)} ms after`,
  );
  return end;
}

/** Waits for the end, and for whatever comes later than it should. What is lost is for `judge` to say. */
async function untilAllHeard(people, end, stored) {
  for (const person of people) await person.untilHeard(end.id);
  const isComplete = async (person) =>
    new Set((await person.heard()).map(({ id }) => id)).size >= stored.length;
  for (const person of people)
    await until('all is heard', () => isComplete(person), { timeoutMs: 20_000 }).catch(() => {});
}

/** What each was told, beside what is stored. All that is known is kept in a file. */
async function judge(t, name, people, stored) {
  const place = new Map(stored.map(({ id }, index) => [id, index]));
  const contents = new Set(stored.map(({ content }) => content));
  const results = [];
  for (const person of people) {
    const told = await person.heard();
    const heard = told.filter(({ type }) => type === 'message');
    const sent = await person.sent();
    const ids = new Set(heard.map(({ id }) => id));
    const inTime = heard.filter(({ late }) => !late).map(({ id }) => place.get(id));
    results.push({
      lost: stored.filter(({ id }) => !ids.has(id)).length,
      twice: heard.length - ids.size,
      disordered: inTime.filter((at, index) => index > 0 && !(at > inTime[index - 1])).length,
      late: heard.length - inTime.length,
      gaps: told.length - heard.length,
      heard,
      sent,
      snapshot: (await person.snapshot(CONVERSATION)).messages,
      ...(await person.report()),
    });
  }
  const folder = join(targetFolder, 'test-results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `faults-${name}.json`);
  writeFileSync(file, JSON.stringify({ seed: SEED, stored, results }, null, 1));
  for (const [index, result] of results.entries()) {
    const { lost, twice, disordered, late, gaps, heard, sent, stats, errors } = result;
    const swallowed = sent.filter(({ text }) => !contents.has(text)).length;
    const told = { heard: heard.length, lost, twice, disordered, late, gaps, swallowed };
    const ends = tally(sent, ({ status, reason }) => (reason ? `${status} ${reason}` : status));
    const ways = tally(heard, ({ via }) => via);
    t.diagnostic(`${PEOPLE[index]}: ${JSON.stringify({ ...told, ...ways, ends, stats, errors })}`);
    assert.ok(
      sent.every(({ settled }) => settled === 1),
      'each send ended once',
    );
  }
  return results;
}

function tally(list, keyOf) {
  const counts = {};
  for (const one of list) counts[keyOf(one)] = (counts[keyOf(one)] ?? 0) + 1;
  return counts;
}
