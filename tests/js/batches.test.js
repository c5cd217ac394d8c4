// @vitest-environment jsdom
// Sends leave together where the server takes batches, and only there.
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../src/js/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

const TEXTS = ['one', 'two', 'three'];

let server;
let client;

async function open(features, outbox) {
  server = await startServer({ hello: { features } });
  client = createClient({ url: server.url, outbox });
  client.send({ type: 'first' });
  await until(() => expect(server.heard('first')).toHaveLength(1));
  server.arrivals = 0;
}

const say = (text) => client.conversation('conv_1').send(text);

/** All have arrived in order; acknowledges them, and gives in how many frames they came. */
async function arrived(sent) {
  await until(() => expect(server.heard('message')).toHaveLength(TEXTS.length));
  expect(server.heard('message').map(({ data }) => data.content)).toEqual(TEXTS);
  for (const { ref, data } of server.heard('message')) server.say({ type: 'ack', ref, data });
  for (const { result } of sent) expect(await result).toMatchObject({ status: 'acked' });
  return server.arrivals;
}

afterEach(async () => {
  client.close();
  await server.stop();
});

test('what is sent in one turn is one frame', async () => {
  await open(['ack', 'batch']);
  expect(await arrived(TEXTS.map(say))).toBe(1);
});

test('what is sent within batchMs is one frame', async () => {
  await open(['ack', 'batch'], { batchMs: 200 });
  const sent = [];
  for (const text of TEXTS) {
    sent.push(say(text));
    await new Promise((resolve) => setTimeout(resolve));
  }
  expect(server.arrivals).toBe(0);
  expect(await arrived(sent)).toBe(1);
});

test('a server that takes no batches gets each by itself', async () => {
  await open(['ack'], { batchMs: 200 });
  expect(await arrived(TEXTS.map(say))).toBe(3);
});

test('what was sent before the client is closed arrives', async () => {
  await open(['ack', 'batch']);
  const sent = TEXTS.map(say);
  client.close();
  await until(() => expect(server.heard('message')).toHaveLength(3));
  for (const { result } of sent) expect(await result).toMatchObject({ reason: 'closed' });
});
