// @vitest-environment jsdom
// What takes the express lane is told as if the engine had told it.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Core } from '../../pkg/talkwire.js';
import { createClient } from '../../src/js/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

let server;
let clients;

beforeEach(() => {
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.close();
  await until(() => expect(server.sockets).toHaveLength(0));
  await server.stop();
});

const message = (offset, more, data) => ({
  type: 'message',
  conversationId: 'conv_1',
  data: { id: `m${offset}`, content: `text ${offset}`, senderId: 'u1', ...data },
  offset,
  epoch: 'e1',
  ...more,
});

/** Everything that can come between messages. */
const SCRIPT = [
  message(1),
  message(2),
  message(3),
  { type: 'batch', frames: [message(4), message(5), message(5), message(6)] },
  { type: 'typing', conversationId: 'conv_1', data: { userId: 'u1', isTyping: true } },
  message(7),
  message(8),
  message(6),
  message(10),
  message(9),
  message(11),
  message(12, { replay: true }),
  message(13, {}, { clientId: 'c13' }),
  message(14, { conversationId: undefined }, { conversationId: 'conv_1' }),
  message(15, { note: 'beside the data' }),
  message(16, {}, { id: 16 }),
  message(17, { offset: undefined }),
  message(17, { offset: '17' }),
  message(18, { offset: -1 }),
  message(18, { offset: 18.5 }),
  message(18, { data: 'no object' }),
  message(19),
  { type: 'presence', conversationId: 'conv_1', data: { userIds: ['u1'] } },
  { type: 'custom', conversationId: 'conv_1', data: { n: 1 } },
  message(1, { epoch: 'e2' }, { id: 'n1' }),
  message(2, { epoch: 'e2' }, { id: 'n2' }),
  message(20),
  message(3, { epoch: 'e2' }, { id: 'n3' }),
  message(1, { conversationId: '__proto__' }),
  message(4, { epoch: 'e2' }, { id: 'n4' }),
  null,
  7,
  [],
  { type: 'batch', frames: 'none' },
  {
    type: 'batch',
    frames: [{ type: 'batch', frames: [message(5, { epoch: 'e2' }, { id: 'n5' })] }],
  },
  message(6, { epoch: 'e2' }, { id: 'n6' }),
  message(7, { epoch: 'e2' }, { id: 'n'.repeat(50) }),
  message(8, { epoch: 'e2' }, { id: 'nächste' }),
  message(9, { epoch: 'e2' }, { id: 'n9' }),
  message(10, { epoch: 'e2' }, { id: 'näher' }),
  message(11, { epoch: 'e2' }, { id: 'n9' }),
  message(12, { epoch: 'e2' }, { id: 'n12' }),
];

const END = { type: 'end', data: {} };

/** What a client makes of the script; `messageId` as a function has everything go through the engine. */
async function play(hello, messageId) {
  const told = [];
  const client = createClient({ url: server.url, messageId });
  clients.push(client);
  client.on('*', (event) => told.push(event));
  const conversation = client.conversation('conv_1');
  conversation.subscribe(() => {});
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  const [{ ref }] = server.heard('subscribe');
  if (hello)
    server.say({ type: 'subscribed', conversationId: 'conv_1', ref, offset: 0, epoch: 'e1' });
  await until(() => expect(conversation.getSnapshot().status).toBe('live'));
  for (const frame of [...SCRIPT, END]) server.say(frame);
  await until(() => expect(told.at(-1)).toMatchObject({ type: 'end' }));
  const { framesReceived, events, duplicates, gaps, errors } = client.stats();
  const { messages, hasGap, typing } = conversation.getSnapshot();
  return {
    told: told.map((event) => ({
      ...event,
      error: event.error?.message,
      data: event.error ? null : event.data,
    })),
    messages,
    hasGap,
    typing,
    stats: { framesReceived, events, duplicates, gaps, errors },
  };
}

test.each([
  ['numbers its messages', { features: ['ack', 'replay', 'batch'] }],
  ['says nothing of itself', null],
])('with and without the lane the same is told, by a server that %s', async (_, hello) => {
  server = await startServer({ hello });
  const withLane = await play(hello, 'id');
  clients.pop().close();
  await until(() => expect(server.sockets).toHaveLength(0));
  server.frames.length = 0;
  const without = await play(hello, (data) => data.id);
  expect(withLane).toEqual(without);
  expect(withLane.told.length).toBeGreaterThan(20);
});

test('what takes the lane never enters wasm, and the engine is asked about the first of a row only', async () => {
  server = await startServer({ hello: { features: ['ack', 'replay'] } });
  const received = vi.spyOn(Core.prototype, 'receive');
  const asked = vi.spyOn(Core.prototype, 'pass');
  const client = createClient({ url: server.url });
  clients.push(client);
  const told = [];
  client.on('message', (event) => told.push(event));
  client.send({ type: 'subscribe', conversationId: 'conv_1' });
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  const [{ ref }] = server.heard('subscribe');
  server.say({ type: 'subscribed', conversationId: 'conv_1', ref, offset: 0, epoch: 'e1' });
  server.say(message(1));
  await until(() => expect(told).toHaveLength(1));
  received.mockClear();
  asked.mockClear();
  for (let offset = 2; offset <= 200; offset++) server.say(message(offset));
  await until(() => expect(told).toHaveLength(200));
  expect(received).not.toHaveBeenCalled();
  // A timer of the engine's may come in between.
  expect(asked.mock.calls.length).toBeLessThan(20);
  expect(client.stats().events).toBe(200);
  vi.restoreAllMocks();
});

test('the engine knows by its id what has taken the lane, and it is told once', async () => {
  server = await startServer({ hello: null });
  const followed = vi.spyOn(Core.prototype, 'followed');
  const client = createClient({ url: server.url });
  clients.push(client);
  const told = [];
  client.on('message', ({ data }) => told.push(data.id));
  client.send({ type: 'subscribe', conversationId: 'conv_1' });
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  const say = (n) => server.say(message(n, { offset: undefined, epoch: undefined }));
  const all = Array.from({ length: 20 }, (_, n) => n + 90);
  for (const n of all) say(n);
  await until(() => expect(told).toHaveLength(all.length));
  for (const n of [...all, 110]) say(n);
  await until(() => expect(told.at(-1)).toBe('m110'));
  expect(told).toEqual([...all, 110].map((n) => `m${n}`));
  expect(followed).toHaveBeenCalled();
  vi.restoreAllMocks();
});

test('what nobody wants is counted and not parsed; what somebody wants in between is told', async () => {
  server = await startServer({ hello: { features: ['ack', 'replay'] } });
  const client = createClient({ url: server.url });
  clients.push(client);
  const conversation = client.conversation('conv "1"');
  const contents = () => conversation.getSnapshot().messages.map(({ content }) => content);
  conversation.subscribe(() => {});
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  const [{ ref, conversationId }] = server.heard('subscribe');
  server.say({ type: 'subscribed', conversationId, ref, offset: 0, epoch: 'e1' });
  server.say(message(1, { conversationId }));
  await until(() => expect(contents()).toEqual(['text 1']));
  const { framesReceived } = client.stats();
  const parse = vi.spyOn(JSON, 'parse');
  const parsed = () => parse.mock.calls.filter(([text]) => text.includes('of nobody')).length;
  const nobodys = (offset) => message(offset, { conversationId: 'nobodys' }, { note: 'of nobody' });
  for (let offset = 1; offset <= 50; offset++) server.say(nobodys(offset));
  server.say(message(2, { conversationId }));
  for (let offset = 51; offset <= 100; offset++) server.say(nobodys(offset));
  server.say(message(3, { conversationId }));
  await until(() => expect(contents()).toEqual(['text 1', 'text 2', 'text 3']));
  expect(parsed()).toBe(2);
  server.say(nobodys(101));
  await until(() => expect(client.stats().framesReceived - framesReceived).toBe(103));
  const heard = [];
  client.on('message', ({ data }) => heard.push(data.id));
  server.say(nobodys(102));
  await until(() => expect(heard).toEqual(['m102']));
  vi.restoreAllMocks();
});
