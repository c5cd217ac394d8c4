// A page under jsdom, and a real server for each test.
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from './server.js';
import { until } from './until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

/** Options with which leaving and coming back take no time. */
export const QUICK = { lingerMs: 30, backoff: { minMs: 10, maxMs: 20 } };

/** The server of the test that runs. */
export let server;

beforeEach(async () => {
  server = await startServer();
});

// What a file does after its own tests comes before this.
afterEach(async () => {
  await until(() => expect(server.sockets).toHaveLength(0));
  await server.stop();
});
