// However often it connects or is mounted, a page holds one socket and no more memory than before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBlank } from './support/blank.mjs';
import { openBrowser } from './support/browser.mjs';
import { startGateway } from './support/gateway.mjs';
import { until } from './support/until.mjs';

const WARM_UP = 50;
const TIMES = 400;

const ways = {
  'connecting again': async (times) => {
    const { clients, create, opened } = globalThis.test;
    const client = clients.one ?? (await create('one'));
    client.conversation('conv_login').subscribe(() => {});
    for (let time = 0; time < times; time += 1) {
      client.connect();
      await opened(client);
      client.disconnect();
    }
  },
  'a new client each time': async (times) => {
    const { create, opened } = globalThis.test;
    for (let time = 0; time < times; time += 1) {
      const client = await create('one');
      const conversation = client.conversation('conv_login');
      conversation.subscribe(() => {});
      await opened(client);
      conversation.setTyping(true);
      client.close();
      // What was let go of is given back when the calls that are under way have ended.
      await new Promise((resolve) => setTimeout(resolve));
    }
  },
};

for (const [name, way] of Object.entries(ways)) {
  test(`${name}, ${TIMES} times: no page of memory more, and one socket at most`, async (t) => {
    const gateway = await startGateway(t);
    const { page, errors, wire } = await openBlank(await openBrowser(t), gateway);
    await page.evaluate(watchSockets);
    const pages = () => page.evaluate(() => globalThis.test.memory.buffer.byteLength / 65_536);

    await page.evaluate(way, WARM_UP);
    const before = await pages();
    const began = Date.now();
    await page.evaluate(way, TIMES);
    const after = await pages();
    t.diagnostic(`${before} pages, then ${after}; ${(Date.now() - began) / TIMES} ms each`);
    assert.equal(after, before);
    assert.equal(await page.evaluate(() => globalThis.test.mostLive), 1);
    assert.ok(wire.sockets.length >= WARM_UP + TIMES);
    await until('nobody is left', async () => (await gateway.held()).connections === 0);
    assert.deepEqual(errors, []);
  });
}

/** Notes how many sockets were live at once: dialling or open. One that is closing needs the server for that. */
function watchSockets() {
  const { test, WebSocket } = globalThis;
  const sockets = new Set();
  test.mostLive = 0;
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.add(this);
      for (const socket of sockets) if (socket.readyState > WebSocket.OPEN) sockets.delete(socket);
      test.mostLive = Math.max(test.mostLive, sockets.size);
    }
  };
}
