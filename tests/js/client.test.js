// @vitest-environment jsdom
// The client as applications meet it is what index.d.ts says: against a real server.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as main from '../../src/js/index.js';
import * as inline from '../../src/js/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

let server;
let client;

beforeEach(async () => {
  server = await startServer({ hello: { features: ['ack', 'replay'], userId: 'me' } });
  client = inline.createClient({ url: server.url, backoff: { minMs: 10, maxMs: 20 } });
});

afterEach(async () => {
  client.close();
  await until(() => expect(server.sockets).toHaveLength(0));
  await server.stop();
});

/** Keeps what `on(type)` tells. */
function listen(type) {
  const told = [];
  client.on(type, (event) => told.push(event));
  return told;
}

async function join(id) {
  const conversation = client.conversation(id);
  const leave = conversation.subscribe(() => {});
  await until(() => expect(server.heard('subscribe')).toHaveLength(1));
  const [{ ref }] = server.heard('subscribe');
  server.say({
    type: 'subscribed',
    conversationId: id,
    ref,
    offset: 0,
    epoch: 'e1',
    recovered: true,
  });
  await until(() => expect(conversation.getSnapshot().status).toBe('live'));
  return { conversation, leave };
}

const message = (offset) => ({
  type: 'message',
  conversationId: 'conv_1',
  data: { id: `m${offset}`, content: `text ${offset}`, senderId: 'u1' },
  offset,
  epoch: 'e1',
});

test('both entries export the same', () => {
  expect(Object.keys(inline).sort()).toEqual(Object.keys(main).sort());
  expect(Object.keys(main).sort()).toEqual(['TalkwireError', 'createClient', 'init']);
});

test('opens nothing until it is used', () => {
  client.on('*', () => {});
  client.connection.subscribe(() => {});
  expect(client.connection.getSnapshot()).toEqual({
    phase: 'idle',
    transport: null,
    isConnected: false,
    attempt: 0,
    retryAt: null,
    error: null,
  });
  expect(server.dialled).toHaveLength(0);
});

test('a message is an event and stands in the snapshot', async () => {
  const told = listen('message');
  const all = listen('*');
  const { conversation } = await join('conv_1');
  const before = conversation.getSnapshot();
  server.say(message(1));
  await until(() => expect(told).toHaveLength(1));
  expect(told[0]).toMatchObject({ ...message(1), via: 'socket' });
  expect(all).toEqual(told);
  const { messages } = conversation.getSnapshot();
  expect(messages).toEqual([{ ...message(1).data, conversationId: 'conv_1', state: 'received' }]);
  expect(before.messages).toEqual([]);
  expect(conversation.getSnapshot()).toBe(conversation.getSnapshot());
});

test('what I send is pending, then sent, and its echo is the same message', async () => {
  const told = listen('message');
  const { conversation } = await join('conv_1');
  const delivery = conversation.send('hello');
  const [draft] = conversation.getSnapshot().messages;
  expect(draft).toMatchObject({ clientId: delivery.id, content: 'hello', state: 'pending' });
  await until(() => expect(server.heard('message')).toHaveLength(1));
  const [{ ref, data }] = server.heard('message');
  expect(data).toEqual({ clientId: delivery.id, content: 'hello' });
  const stored = { id: 'm1', content: 'hello', clientId: delivery.id, senderId: 'me' };
  server.say({ ...message(1), data: stored });
  server.say({ type: 'ack', ref, data: stored });
  expect(await delivery.result).toEqual({ status: 'acked', data: stored });
  await until(() => expect(told).toHaveLength(1));
  expect(told[0].via).toBe('echo');
  expect(conversation.getSnapshot().messages).toEqual([
    { ...stored, conversationId: 'conv_1', state: 'sent' },
  ]);
});

test('who types and who is there', async () => {
  const { conversation } = await join('conv_1');
  const typing = (userId) => ({
    type: 'typing',
    conversationId: 'conv_1',
    data: { userId, isTyping: true },
  });
  server.say(typing('me'));
  server.say(typing('u1'));
  server.say({ type: 'presence', conversationId: 'conv_1', data: { userIds: ['me', 'u1'] } });
  server.say({ type: 'agent', data: { agentId: 'a1', status: 'away' } });
  await until(() => expect(client.agents.getSnapshot().size).toBe(1));
  expect(conversation.getSnapshot()).toMatchObject({ typing: ['u1'], presence: ['me', 'u1'] });
  expect(client.agents.getSnapshot().get('a1')).toEqual({ agentId: 'a1', status: 'away' });
});

test('I am who the server says, as it said last, unless an option says who', async () => {
  const { conversation } = await join('conv_1');
  const typing = { type: 'typing', conversationId: 'conv_1' };
  const type = () => {
    for (const userId of ['me', 'you']) server.say({ ...typing, data: { userId, isTyping: true } });
  };
  type();
  await until(() => expect(conversation.getSnapshot().typing).toEqual(['you']));
  server.hello = { ...server.hello, userId: 'you' };
  server.drop();
  await until(() => expect(server.heard('subscribe')).toHaveLength(2));
  type();
  await until(() => expect(conversation.getSnapshot().typing).toEqual(['me']));

  client.close();
  client = inline.createClient({ url: server.url, userId: 'me' });
  server.frames.length = 0;
  const { conversation: again } = await join('conv_1');
  type();
  await until(() => expect(again.getSnapshot().typing).toEqual(['you']));
});

test('what cannot be read is an error event, and the session goes on', async () => {
  const errors = listen('error');
  const { conversation } = await join('conv_1');
  for (const socket of server.sockets) socket.send('no JSON');
  for (const socket of server.sockets) socket.send(new Uint8Array([1, 2]));
  server.say({ type: 'typing', conversationId: 'conv_1', data: {} });
  server.say(message(1));
  await until(() => expect(conversation.getSnapshot().messages).toHaveLength(1));
  expect(errors.map(({ error }) => error.code)).toEqual(['bad-frame', 'bad-frame', 'bad-frame']);
  for (const { error } of errors) expect(error).toBeInstanceOf(inline.TalkwireError);
  expect(server.dialled).toHaveLength(1);
});

test('what goes wrong where only the server knows of a conversation names that conversation', async () => {
  listen('message');
  const gaps = listen('gap');
  const errors = listen('error');
  await join('conv_1');
  const elsewhere = { conversationId: 'conv_2' };
  server.say({ type: 'error', ...elsewhere, code: 'closed', message: 'for the night' });
  for (const offset of [1, 3]) server.say({ ...message(offset), ...elsewhere });
  await until(() => expect(gaps).toHaveLength(1));
  expect(gaps[0]).toEqual({ type: 'gap', ...elsewhere, data: null });
  expect(errors).toMatchObject([{ ...elsewhere, error: { code: 'refused' } }]);
  const conversation = client.conversation('conv_2');
  conversation.subscribe(() => {});
  await until(() => expect(conversation.getSnapshot().hasGap).toBe(true));
});

test('a listener that throws is reported and harms nobody else', async () => {
  const reported = vi.fn();
  vi.stubGlobal('reportError', reported);
  client.on('message', () => {
    throw new Error('mine');
  });
  const told = listen('message');
  await join('conv_1');
  server.say(message(1));
  await until(() => expect(told).toHaveLength(1));
  expect(reported).toHaveBeenCalledWith(expect.objectContaining({ message: 'mine' }));
});

test('stats and dump have what the types say, before there is an engine and after its end', async () => {
  const [noStats, noDump] = [client.stats(), client.dump()];
  await join('conv_1');
  const stats = client.stats();
  expect(Object.keys(stats).sort()).toEqual([
    'attempts',
    'dropped',
    'duplicates',
    'errors',
    'events',
    'framesReceived',
    'framesSent',
    'gaps',
    'late',
    'polls',
    'posts',
    'recovered',
    'sends',
    'sessions',
  ]);
  expect(Object.values(stats).every(Number.isInteger)).toBe(true);
  const dump = client.dump();
  expect(dump).toMatchObject({ stats, wanted: 1, confirmed: 1, outbox: 0 });
  expect(dump.transitions.at(-1)).toEqual({
    atMs: expect.any(Number),
    phase: 'open',
    transport: 'socket',
    error: null,
  });

  expect(Object.keys(noStats).sort()).toEqual(Object.keys(stats).sort());
  expect(new Set(Object.values(noStats))).toEqual(new Set([0]));
  expect(Object.keys(noDump).sort()).toEqual(Object.keys(dump).sort());
  expect(noDump).toEqual({ stats: noStats, transitions: [], wanted: 0, confirmed: 0, outbox: 0 });
  client.close();
  expect(client.stats()).toMatchObject({ attempts: 1, sessions: 1 });
  expect(client.dump().transitions.at(-1)).toMatchObject({ phase: 'closed', transport: null });
});

test('closing ends everything, and may be done again', async () => {
  const { conversation } = await join('conv_1');
  const delivery = conversation.send('hello');
  client.close();
  client.close();
  expect(await delivery.result).toEqual({ status: 'dropped', reason: 'closed' });
  expect(await client.send({ type: 'x' }).result).toEqual({ status: 'dropped', reason: 'closed' });
  expect(client.connection.getSnapshot()).toMatchObject({ phase: 'closed', isConnected: false });
  await until(() => expect(server.sockets).toHaveLength(0));
});

test.each([
  ['an entry', 'uuid'],
  ['a function', (data) => `u-${data.uuid}`],
])('a message is known by its own id, wherever that stands: %s', async (_, messageId) => {
  client.close();
  client = inline.createClient({ url: server.url, messageId });
  const told = listen('message');
  const { conversation } = await join('conv_1');
  const twin = { type: 'message', conversationId: 'conv_1', data: { uuid: 7, content: 'once' } };
  server.say(twin);
  server.say(twin);
  server.say({ ...twin, data: { uuid: 8, content: 'then' } });
  await until(() => expect(told).toHaveLength(2));
  const id = typeof messageId === 'function' ? 'u-7' : '7';
  expect(conversation.getSnapshot().messages[0].id).toBe(id);
});
