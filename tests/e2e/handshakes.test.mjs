// Why a socket does not open: what a page can find out is told, with what to do about it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { startGateway } from './support/gateway.mjs';
import { listen } from './support/listen.mjs';
import { until } from './support/until.mjs';

const CORS = { 'Access-Control-Allow-Origin': '*' };

/** Says the same to every request, and to every handshake; resolves with its address. */
async function startRefusal(t, status, { headers = CORS, body = '' } = {}) {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body));
  server.on('upgrade', (_, socket) => {
    socket.on('error', () => {});
    socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  });
  return `ws://${await listen(t, server)}/ws`;
}

/** An address where nothing listens. */
async function nowhere() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return `ws://127.0.0.1:${port}/ws`;
}

/** Connects to `url` from a page of its own; resolves with the first error that is a reason. */
async function reasonAt(page, url) {
  await page.evaluate(async (url) => {
    const client = await globalThis.test.create('one', { url });
    client.connect();
  }, url);
  return until('a reason', () =>
    page.evaluate(() => {
      const { phase, error } = globalThis.test.clients.one.connection.getSnapshot();
      const isReason = error && error.code !== 'connection-lost';
      return isReason && { phase, code: error.code, text: error.message, again: error.retryable };
    }),
  );
}

const cases = {
  'nothing listens': { at: nowhere, code: 'unreachable', text: /Nothing answers .* host and port/ },
  'it answers 403': {
    at: (t) => startRefusal(t, 403),
    code: 'upgrade-refused',
    text: /HTTP 403/,
  },
  'it answers 200, as a web page does': {
    at: (t) => startRefusal(t, 200),
    code: 'upgrade-refused',
    text: /the url's path.*HTTP 200/,
  },
  'it answers what a page of another origin may not read': {
    at: (t) => startRefusal(t, 403, { headers: {} }),
    code: 'upgrade-refused',
    text: /may not read/,
  },
  'it answers 401': { at: (t) => startRefusal(t, 401), code: 'unauthorized', text: /token/ },
  'it is Socket.IO, asked without its query': {
    at: (t) => startRefusal(t, 400, { body: '{"code":0,"message":"Transport unknown"}' }),
    code: 'wrong-dialect',
    text: /protocol: 'socket\.io'/,
  },
  'it is Socket.IO, and opens': {
    at: async (t) => {
      const server = createServer();
      new WebSocketServer({ server }).on('connection', (socket) => {
        socket.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}');
      });
      return `ws://${await listen(t, server)}/socket.io/?EIO=4&transport=websocket`;
    },
    code: 'wrong-dialect',
    text: /protocol: 'socket\.io'/,
  },
  'the gateway takes no sockets': { at: () => '/ws', code: 'upgrade-refused', text: /HTTP 503/ },
};

test('each reason for which no socket opens has its code, and says what to do', async (t) => {
  const gateway = await startGateway(t, { env: { WEBSOCKET_ENABLED: 'false' } });
  const browser = await openBrowser(t);
  for (const [name, { at, code, text }] of Object.entries(cases)) {
    await t.test(name, async (t) => {
      const { page, errors, wire } = await openBlank(browser, gateway);
      const reason = await reasonAt(page, await at(t));
      assert.equal(reason.code, code, reason.text);
      assert.match(reason.text, text);
      assert.equal(reason.again, code !== 'wrong-dialect');
      if (!reason.again) assert.equal(reason.phase, 'closed');
      const asked = wire.requests.filter(({ path }) => path === '/ws').length;
      assert.ok(asked <= 2, 'one GET, and one that reads nothing where that was refused');
      assert.deepEqual(errors, []);
      await page.context().close();
    });
  }
});

test('the reason is gone as soon as a socket opens', async (t) => {
  const gateway = await startGateway(t, { env: { WEBSOCKET_ENABLED: 'false' } });
  const { page } = await openBlank(await openBrowser(t), gateway);
  assert.equal((await reasonAt(page, '/ws')).code, 'upgrade-refused');
  await gateway.stop();
  await gateway.start({ WEBSOCKET_ENABLED: 'true' });
  await page.evaluate(() => globalThis.test.opened(globalThis.test.clients.one));
  const snapshot = () =>
    page.evaluate(() => globalThis.test.clients.one.connection.getSnapshot().error);
  assert.equal(await snapshot(), null);
});

test('a page that came over https is told not to open ws, before anything is opened', async (t) => {
  const gateway = await startGateway(t);
  const secure = { url: 'https://chat.test', token: () => 'none' };
  const { page, wire } = await openBlank(await openBrowser(t), secure, {
    prepare: (page) =>
      page.route('https://chat.test/**', async (route) => {
        const url = route.request().url().replace(secure.url, gateway.url);
        await route.fulfill({ response: await route.fetch({ url }) });
      }),
  });
  const reason = await reasonAt(page, 'ws://chat.test/ws');
  assert.deepEqual([reason.code, reason.again, reason.phase], ['mixed-content', false, 'closed']);
  assert.match(reason.text, /use wss:\/\/chat\.test/);
  assert.deepEqual(wire.sockets, []);
});
