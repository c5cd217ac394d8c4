// Our own failures: the module breaks, cannot be had, or may not run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const CONVERSATION = 'conv_login';

test('a trap ends each client with one error and its socket, and the next client works', async (t) => {
  const gateway = await startGateway(t);
  const { page, errors } = await openBlank(await openBrowser(t), gateway);
  await open(page, 'one');
  await open(page, 'two');
  await until('both are there', async () => (await gateway.held()).subscriptions === 2);
  await page.evaluate(() => {
    globalThis.test.before = globalThis.test.memory;
  });

  await breakWith(page, 'receive');
  await say(gateway, 'the last thing they hear');
  await until('both sockets are closed', async () => (await gateway.held()).connections === 0);
  for (const name of ['one', 'two']) await assertTrapped(page, name);

  await open(page, 'three');
  await until('a new one is there', async () => (await gateway.held()).subscriptions === 1);
  assert.ok(
    await page.evaluate(() => globalThis.test.memory !== globalThis.test.before),
    'it lives on an instance of its own',
  );
  // Whatever the broken ones had listened to must not reach them, nor the new one through them.
  await page.evaluate(() => {
    for (const name of ['offline', 'online', 'pageshow']) dispatchEvent(new Event(name));
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await say(gateway, 'good morning');
  await untilHeard(page, 'three', 1);
  const { one, three } = await page.evaluate(() => globalThis.test.told);
  assert.deepEqual(three.messages, ['good morning']);
  assert.deepEqual(three.errors, []);
  assert.deepEqual(one.errors, ['internal']);
  assert.deepEqual(errors, []);
});

test('a trap below a listener, while the engine itself is at work, is no different', async (t) => {
  const gateway = await startGateway(t);
  const { page, errors } = await openBlank(await openBrowser(t), gateway);
  await open(page, 'one');
  await open(page, 'two');
  await page.evaluate(() => {
    const { clients } = globalThis.test;
    clients.one.on('message', () => clients.two.conversation('conv_login').send('in between'));
  });
  await breakWith(page, 'sendMessage');
  await say(gateway, 'listen');
  await until('both sockets are closed', async () => (await gateway.held()).connections === 0);
  for (const name of ['one', 'two']) await assertTrapped(page, name);
  await open(page, 'three');
  await say(gateway, 'good morning');
  await untilHeard(page, 'three', 1);
  assert.deepEqual(errors, []);
});

const parts = {
  'a module': ['**/pkg/talkwire_bg.wasm', '**/pkg/inline.js'],
  'a script for it': ['**/src/js/engine.js'],
};

for (const [part, blocked] of Object.entries(parts)) {
  test(`${part} that cannot be had is tried again, and what was sent meanwhile arrives`, async (t) => {
    const gateway = await startGateway(t);
    const { page, errors } = await openBlank(await openBrowser(t), gateway, {
      prepare: (page) =>
        Promise.all(blocked.map((url) => page.route(url, (route) => route.abort()))),
    });
    await page.evaluate(async () => {
      const client = await globalThis.test.create('one');
      const conversation = client.conversation('conv_login');
      conversation.subscribe(() => {});
      globalThis.test.sent = [conversation.send('kept'), conversation.send('kept, too')];
    });
    await until('it failed twice', async () => {
      const { errors } = await page.evaluate(() => globalThis.test.told.one);
      return errors.length >= 2;
    });
    const connection = await page.evaluate(() => {
      const { phase, isConnected, error } = globalThis.test.clients.one.connection.getSnapshot();
      return { phase, isConnected, code: error.code, retryable: error.retryable };
    });
    assert.deepEqual(connection, {
      phase: 'waiting',
      isConnected: false,
      code: 'wasm-load-failed',
      retryable: true,
    });

    await Promise.all(blocked.map((url) => page.unroute(url)));
    const results = await page.evaluate(() =>
      Promise.all(globalThis.test.sent.map(({ result }) => result)),
    );
    assert.deepEqual(
      results.map(({ status, data }) => [status, data.content]),
      [
        ['acked', 'kept'],
        ['acked', 'kept, too'],
      ],
    );
    await untilHeard(page, 'one', 2);
    const told = await page.evaluate(() => globalThis.test.told.one);
    assert.deepEqual(told.messages, ['kept', 'kept, too']);
    assert.deepEqual(new Set(told.errors), new Set(['wasm-load-failed']));
    assert.equal(
      await page.evaluate(() => globalThis.test.clients.one.connection.getSnapshot().error),
      null,
    );
    assert.deepEqual(errors, []);
  });
}

test("a page whose policy forbids WebAssembly is told of 'wasm-unsafe-eval'", async (t) => {
  const gateway = await startGateway(t);
  const { page, errors } = await openBlank(await openBrowser(t), gateway, {
    prepare: (page) =>
      page.route('**/health', async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), 'Content-Security-Policy': "script-src 'self'" };
        await route.fulfill({ response, headers });
      }),
  });
  await page.evaluate(async () => {
    const client = await globalThis.test.create('one');
    client.connect();
  });
  const error = await until('an error', () =>
    page.evaluate(() => {
      const { error } = globalThis.test.clients.one.connection.getSnapshot();
      return error && { code: error.code, message: error.message };
    }),
  );
  assert.equal(error.code, 'wasm-blocked');
  assert.match(error.message, /'wasm-unsafe-eval'/);
  assert.deepEqual(errors, []);
});

/** One error, and closed for good. */
async function assertTrapped(page, name) {
  const { told, phase, error, late } = await page.evaluate(async (name) => {
    const { clients, told } = globalThis.test;
    const { phase, error } = clients[name].connection.getSnapshot();
    const { result } = clients[name].conversation('conv_login').send('too late');
    return { told: told[name], phase, error: error?.code, late: await result };
  }, name);
  assert.deepEqual(told.errors, ['internal']);
  assert.equal(phase, 'closed');
  assert.equal(error, 'internal');
  assert.deepEqual(late, { status: 'dropped', reason: 'closed' });
}

function untilHeard(page, name, count) {
  return page.waitForFunction(
    ([name, count]) => globalThis.test.told[name].messages.length >= count,
    [name, count],
  );
}

/** Makes a client that listens to the conversation, and waits until it does. */
async function open(page, name) {
  await page.evaluate(async (name) => {
    const client = await globalThis.test.create(name);
    client.conversation('conv_login').subscribe(() => {});
  }, name);
  await page.waitForFunction((name) => {
    const conversation = globalThis.test.clients[name].conversation('conv_login');
    return conversation.getSnapshot().status === 'live';
  }, name);
}

/** The next call of this method of the engine goes through a pointer that leads out of its memory. */
function breakWith(page, method) {
  return page.evaluate(async (method) => {
    const { Core } = await import('/pkg/talkwire.js');
    const { prototype } = Core;
    const { [method]: whole } = prototype;
    prototype[method] = (...args) => {
      prototype[method] = whole;
      const broken = Object.create(prototype, { __wbg_ptr: { value: 0xffff_fff0 } });
      return whole.apply(broken, args);
    };
  }, method);
}

async function say(gateway, content) {
  await gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });
}
