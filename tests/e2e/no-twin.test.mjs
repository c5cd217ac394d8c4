// A server that dies after it has stored and before it has answered: what was said is stored once, and acknowledged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { storedMessages } from './support/database.mjs';
import { startFaultProxy } from './support/fault-proxy.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_refund';
const MESSAGES = `/api/conversations/${CONVERSATION}/messages`;
const ROUNDS = 4;
const EACH = 8;

test('over the socket: what a dead gateway had stored is sent again, and stored once', async (t) => {
  const { gateway, proxy, person } = await open(t, {
    backoff: { maxMs: 1_000 },
    heartbeat: { intervalMs: 500, timeoutMs: 500 },
    polling: false,
  });
  await person.untilJoined('live');

  for (let round = 0; round < ROUNDS; round += 1) {
    const before = person.wire.sockets.length;
    proxy.freeze('down');
    const texts = await person.say(round, EACH);
    await untilStored(gateway, texts);
    await gateway.kill();
    // Every second time it is left to the client to find out.
    if (round % 2 === 0) proxy.cut();
    await until('another try', () => person.wire.sockets.length > before);
    await gateway.start();
    proxy.resume();
    await person.untilAcked();
  }

  const writes = person.wire.sent('message').map(({ data }) => data.clientId);
  const again = new Set(writes.filter((id, index) => writes.indexOf(id) < index));
  assert.equal(again.size, ROUNDS * EACH, 'each was sent again');
  await assertStoredOnce(t, gateway, person);
});

test('by POST: what a dead gateway had stored is posted again, or sent, and stored once', async (t) => {
  const { gateway, proxy, person } = await open(
    t,
    {
      backoff: { maxMs: 1_000 },
      polling: {
        messages: `${MESSAGES.replace(CONVERSATION, '{conversationId}')}?after={after}`,
        send: MESSAGES.replace(CONVERSATION, '{conversationId}'),
        messagesIntervalMs: 500,
        startAfterAttempts: 1,
      },
    },
    { WEBSOCKET_ENABLED: 'false' },
  );
  // What the first page holds was there before, whoever said it.
  await person.untilShown();

  for (let round = 0; round < ROUNDS; round += 1) {
    await person.untilJoined('polling');
    const posts = () => person.wire.count('POST', new RegExp(`${MESSAGES}$`));
    const before = posts();
    proxy.freeze('down');
    const [first] = await person.say(round, EACH);
    await untilStored(gateway, [first]);
    assert.equal(posts(), before + 1);
    await gateway.kill();
    proxy.cut();
    // The last time there are sockets again.
    const isLast = round === ROUNDS - 1;
    await gateway.start({ WEBSOCKET_ENABLED: String(isLast) });
    proxy.resume();
    await person.untilAcked();
  }
  await person.untilJoined('live');
  await assertStoredOnce(t, gateway, person);
});

/** A gateway behind a proxy, and somebody whose page and client know only the proxy. */
async function open(t, options, env) {
  const gateway = await startGateway(t, { env });
  const proxy = await startFaultProxy(t, gateway);
  const { page, errors, wire } = await openBlank(await openBrowser(t), {
    url: proxy.url,
    token: (userId) => gateway.token(userId),
  });
  const person = new Person(page, errors, wire);
  await page.evaluate(begin, [CONVERSATION, options]);
  return { gateway, proxy, person };
}

class Person {
  constructor(page, errors, wire) {
    this.page = page;
    this.errors = errors;
    this.wire = wire;
  }

  /** Sends so many at once; resolves with their texts. */
  say(round, count) {
    const texts = Array.from({ length: count }, (_, index) => `round ${round}, message ${index}`);
    return this.page.evaluate((texts) => globalThis.test.say(texts), texts);
  }

  /** What was sent: `{ clientId, text, ends }`, in order. */
  sent() {
    return this.page.evaluate(() => globalThis.test.sent);
  }

  /** Waits until the conversation is `live`, or `polling`. */
  untilJoined(status) {
    return until(
      status,
      async () => (await this.page.evaluate(() => globalThis.test.status())) === status,
    );
  }

  /** Waits for what was said before. */
  untilShown() {
    return until('what was there', () =>
      this.page.evaluate(() => globalThis.test.shown().length > 0),
    );
  }

  untilAcked() {
    return until('all are acked', async () => {
      const sent = await this.sent();
      return sent.every(({ ends }) => ends.includes('acked'));
    });
  }
}

async function untilStored(gateway, texts) {
  await until('stored', async () => {
    const { messages } = await gateway.api('GET', `/conversations/${CONVERSATION}/messages`);
    const contents = new Set(messages.map(({ content }) => content));
    return texts.every((text) => contents.has(text));
  });
}

/** The database holds each message once, in order, and the client has told so, once. */
async function assertStoredOnce(t, gateway, person) {
  const sent = await person.sent();
  assert.equal(sent.length, ROUNDS * EACH);
  for (const { text, ends } of sent) assert.deepEqual(ends, ['acked'], text);
  const ids = new Set(sent.map(({ clientId }) => clientId));
  const stored = await storedMessages(t, gateway.database, CONVERSATION);
  assert.deepEqual(
    stored
      .filter(({ clientId, content }) => ids.has(clientId) || /^round/.test(content))
      .map(({ clientId, content }) => [clientId, content]),
    sent.map(({ clientId, text }) => [clientId, text]),
  );
  const { told, shown } = await person.page.evaluate(() => {
    const { test } = globalThis;
    return { told: test.told.one.messages, shown: test.shown() };
  });
  assert.deepEqual(
    told,
    sent.map(({ text }) => text),
  );
  assert.deepEqual(
    shown.filter(({ clientId }) => ids.has(clientId)).map(({ state }) => state),
    sent.map(() => 'sent'),
  );
  assert.deepEqual(person.errors, []);
  const writes = person.wire.sent('message').length;
  const posts = person.wire.count('POST', new RegExp(`${MESSAGES}$`));
  t.diagnostic(
    `${sent.length} messages in ${ROUNDS} rounds: sent ${writes} times, posted ${posts} times, stored ${sent.length}`,
  );
}

/** In the page: a client that has joined the conversation, and notes how each send ends. */
async function begin([conversationId, options]) {
  const { test } = globalThis;
  const client = await test.create('one', options);
  const conversation = client.conversation(conversationId);
  conversation.subscribe(() => {});
  test.sent = [];
  test.status = () => conversation.getSnapshot().status;
  test.shown = () => conversation.getSnapshot().messages;
  test.say = (texts) => {
    for (const text of texts) {
      const { id, result } = conversation.send(text);
      const ends = [];
      test.sent.push({ clientId: id, text, ends });
      result.then(({ status, reason }) => ends.push(reason ?? status));
    }
    return texts;
  };
}
