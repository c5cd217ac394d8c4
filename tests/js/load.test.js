// @vitest-environment jsdom
// Until the module is there, a client shows that it is waited for, and when it is tried again.
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { bytes } from '../../pkg/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

let server;
let client;
let seen;

/** A client whose module is there at the third try. */
beforeEach(async () => {
  vi.resetModules();
  const { provide } = await import('../../src/js/load.js');
  const { createClient } = await import('../../src/js/index.js');
  const gone = new Error('gone');
  provide({
    engine: () => import('../../src/js/engine.js'),
    wasm: vi
      .fn(async () => bytes())
      .mockRejectedValueOnce(gone)
      .mockRejectedValueOnce(gone),
  });
  server = await startServer();
  client = createClient({ url: server.url });
  seen = [];
  client.on('error', () => seen.push({ at: Date.now(), ...client.connection.getSnapshot() }));
});

afterEach(async () => {
  client.close();
  await server.stop();
});

test('a failed load shows when it is tried again, and nothing of it stays', async () => {
  client.connect();
  await until(() => expect(client.connection.getSnapshot().phase).toBe('open'));
  expect(seen).toHaveLength(2);
  for (const [index, { at, phase, attempt, retryAt, error }] of seen.entries()) {
    expect({ phase, attempt, code: error.code }).toEqual({
      phase: 'waiting',
      attempt: index + 1,
      code: 'wasm-load-failed',
    });
    expect(retryAt - at).toBeGreaterThan(200);
    expect(retryAt - at).toBeLessThanOrEqual(1_000);
  }
  expect(client.connection.getSnapshot()).toMatchObject({ attempt: 0, retryAt: null, error: null });
});

test('the moment it is tried again is not in the future', async () => {
  const phases = new Set();
  const stop = client.connection.subscribe(() => {
    const { phase, retryAt } = client.connection.getSnapshot();
    phases.add(`${phase} ${retryAt === null ? 'now' : 'later'}`);
  });
  client.connect();
  await until(() => expect(client.connection.getSnapshot().phase).toBe('open'));
  stop();
  expect(phases).toContain('waiting later');
  expect(phases).not.toContain('connecting later');
});

test('a client that is not to connect is idle again once the module is there', async () => {
  client.conversation('c').markRead();
  await until(() => expect(seen).toHaveLength(2));
  await until(() =>
    expect(client.connection.getSnapshot()).toMatchObject({ phase: 'idle', error: null }),
  );
  expect(client.connection.getSnapshot().retryAt).toBe(null);
});

test('what is asked meanwhile has its time, and typing is not kept', async () => {
  const conversation = client.conversation('c');
  const kept = conversation.send('kept');
  conversation.setTyping(true);
  const regretted = conversation.send('regretted');
  expect(regretted.cancel()).toBe(true);
  expect(await regretted.result).toEqual({ status: 'dropped', reason: 'cancelled' });
  await expect(client.request('search', null, { timeoutMs: 50 })).rejects.toMatchObject({
    code: 'timeout',
  });
  await until(() => expect(server.heard('message')).toHaveLength(1));
  expect(server.heard('message')[0].data).toEqual({ clientId: kept.id, content: 'kept' });
  expect(server.frames.map(({ type }) => type)).toEqual(['message']);
});

test('a script has the bytes of a module that cannot be fetched, in whatever realm that failed', async () => {
  vi.resetModules();
  const { load, provide } = await import('../../src/js/load.js');
  const foreign = runInNewContext("new TypeError('gone')");
  provide({
    engine: () => import('../../src/js/engine.js'),
    wasm: () => Promise.reject(foreign),
    spare: async () => ({ bytes }),
  });
  expect(await load()).toHaveProperty('Engine');
});
