// @vitest-environment jsdom
// What `request` asks is answered once, or fails with a reason.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../src/js/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

let server;
let client;

async function start(hello) {
  server = await startServer({ hello });
  client = createClient({ url: server.url, backoff: { minMs: 10, maxMs: 20 } });
}

const asked = () => until(() => expect(server.heard('search')).toHaveLength(1));

beforeEach(() => start({ features: ['ack'] }));

afterEach(async () => {
  client.close();
  await server.stop();
});

test('the answer is the data of the ack', async () => {
  const answer = client.request('search', { text: 'parcel' });
  await asked();
  const [{ ref, data }] = server.heard('search');
  expect(data).toEqual({ text: 'parcel' });
  server.say({ type: 'ack', ref, data: ['conv_1'] });
  await expect(answer).resolves.toEqual(['conv_1']);
});

test('a refusal is an error that says what the server said', async () => {
  const answer = client.request('search');
  await asked();
  const [{ ref }] = server.heard('search');
  server.say({ type: 'error', ref, code: 'forbidden', message: 'not yours', retryable: false });
  await expect(answer).rejects.toMatchObject({
    code: 'refused',
    retryable: false,
    message: expect.stringContaining('forbidden: not yours'),
  });
});

test('without an answer it fails in time, and is not asked again', async () => {
  const answer = client.request('search', null, { timeoutMs: 50 });
  await expect(answer).rejects.toMatchObject({ code: 'timeout', retryable: true });
  // A socket of `ws` that is closed while it opens throws where nobody listens.
  await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
  expect(server.heard('search').length).toBeLessThanOrEqual(1);
});

test('a connection that is lost takes the question with it', async () => {
  const answer = client.request('search');
  await asked();
  server.drop();
  await expect(answer).rejects.toMatchObject({ code: 'connection-lost' });
  await until(() => expect(server.dialled).toHaveLength(2));
  await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
  expect(server.heard('search')).toHaveLength(1);
});

test('an aborted one rejects with the reason of the signal', async () => {
  const abort = new AbortController();
  const answer = client.request('search', null, { signal: abort.signal });
  await asked();
  abort.abort(new Error('never mind'));
  await expect(answer).rejects.toThrow('never mind');
});

test('one that was aborted before is not asked', async () => {
  const answer = client.request('search', null, { signal: AbortSignal.abort('too late') });
  await expect(answer).rejects.toBe('too late');
  await expect(client.request('other', null, { timeoutMs: 100 })).rejects.toThrow();
  expect(server.heard('search')).toHaveLength(0);
});

test.each([
  [{ timeoutMs: -1 }, 'Option timeoutMs is -1, but must be a number of milliseconds from 1'],
  [{ timeoutMs: Number.NaN }, 'Option timeoutMs is NaN'],
  [{ timeout: 5 }, 'There is no option timeout. Did you mean timeoutMs?'],
  [{ signal: 5 }, 'Option signal is 5, but must be an AbortSignal.'],
])('options like %o are refused', async (options, message) => {
  const answer = client.request('search', null, options);
  await expect(answer).rejects.toMatchObject({
    code: 'invalid-option',
    message: expect.stringContaining(message),
  });
});

test('it may wait for ever', async () => {
  const answer = client.request('search', null, { timeoutMs: Infinity, signal: null });
  await asked();
  const [{ ref }] = server.heard('search');
  server.say({ type: 'ack', ref, data: 1 });
  await expect(answer).resolves.toBe(1);
});

test('one for which there is no room says so', async () => {
  client.close();
  client = createClient({ url: server.url, outbox: { maxMessages: 1 } });
  const first = client.request('search');
  await expect(client.request('search')).rejects.toMatchObject({
    code: 'overflow',
    retryable: true,
  });
  await asked();
  server.say({ type: 'ack', ref: server.heard('search')[0].ref });
  await first;
});

test('what is still open when the client is closed fails with it', async () => {
  const answer = client.request('search');
  await asked();
  client.close();
  await expect(answer).rejects.toMatchObject({ code: 'closed' });
});

test('a server that answers nothing is not asked', async () => {
  await server.stop();
  client.close();
  await start(null);
  await expect(client.request('search')).rejects.toMatchObject({ code: 'unsupported' });
  expect(server.frames).toEqual([]);
});
