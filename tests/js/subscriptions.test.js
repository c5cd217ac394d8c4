// @vitest-environment jsdom
// A conversation that is subscribed to by a frame alone costs little, and whoever asks for it finds it as it stands.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inside } from '../../src/js/client.js';
import { createClient } from '../../src/js/inline.js';
import { QUICK, server } from './support/page.js';
import { until } from './support/until.js';

let client;

beforeEach(() => {
  server.hello = { features: ['ack', 'list'], userId: 'me' };
  client = createClient({ url: server.url, ...QUICK });
});

afterEach(() => client.close());

const frame = (type, conversationId, more) => ({ type, conversationId, ...more });

const message = (conversationId, offset) =>
  frame('message', conversationId, { data: { id: `m${offset}` }, offset, epoch: 'e1' });

/** Subscribes by a frame; resolves when the server has been asked. */
async function ask(conversationId) {
  client.send({ type: 'subscribe', conversationId });
  const isIt = (asked) => asked.conversationId === String(conversationId);
  const asked = () => server.heard('subscribe').find(isIt);
  await until(() => expect(asked()).toBeDefined());
  return asked();
}

/** The server lets the client in. */
async function subscribe(conversationId) {
  const { ref } = await ask(conversationId);
  server.say(frame('subscribed', conversationId, { ref, offset: 0, epoch: 'e1', recovered: true }));
  await until(() => expect(client.dump().confirmed).toBe(1));
}

/** Resolves when all that the server has said has come. */
async function heardAll() {
  const { framesReceived } = client.stats();
  server.say({ type: 'agent', data: { agentId: `a${framesReceived}`, status: 'online' } });
  await until(() => expect(client.agents.getSnapshot().has(`a${framesReceived}`)).toBe(true));
}

async function missSomethingIn(conversationId) {
  const told = vi.fn();
  client.on('gap', told);
  for (const offset of [1, 3]) server.say(message(conversationId, offset));
  await until(() => expect(told).toHaveBeenCalled());
}

const snapshot = (id) => client.conversation(id).getSnapshot();

test('whoever asks for a conversation that was merely subscribed to finds it as it stands', async () => {
  await subscribe('conv_1');
  server.say(frame('typing', 'conv_1', { data: { userId: 'u1', isTyping: true } }));
  server.say(frame('presence', 'conv_1', { data: { userIds: ['me', 'u1'] } }));
  server.say(frame('conversation', 'conv_1', { data: { title: 'Talk' } }));
  await missSomethingIn('conv_1');
  expect(inside(client).conversations.size).toBe(0);
  expect(snapshot('conv_1')).toEqual({
    messages: [],
    typing: ['u1'],
    presence: ['me', 'u1'],
    info: { id: 'conv_1', title: 'Talk' },
    status: 'live',
    hasGap: true,
    error: null,
  });
  expect(snapshot('conv_1')).toBe(snapshot('conv_1'));
  expect(snapshot('conv_2').status).toBe('idle');
});

test('from then on it changes as if it had been asked for before', async () => {
  await subscribe('conv_1');
  const before = snapshot('conv_1');
  server.say(frame('presence', 'conv_1', { data: { userIds: ['u1'] } }));
  await until(() => expect(snapshot('conv_1').presence).toEqual(['u1']));
  client.send({ type: 'unsubscribe', conversationId: 'conv_1' });
  await until(() => expect(snapshot('conv_1').status).toBe('idle'));
  expect(before).toMatchObject({ status: 'live', presence: [] });
});

test('why the server refuses it is known to whoever asks later', async () => {
  const { ref } = await ask('conv_1');
  server.say(frame('error', 'conv_1', { ref, code: 'forbidden', message: 'no', retryable: false }));
  await heardAll();
  expect(snapshot('conv_1')).toMatchObject({ status: 'error', error: { code: 'refused' } });
});

test('one that was asked for before anything was loaded shows what a frame subscribes to', async () => {
  const conversation = client.conversation('conv_1');
  await subscribe('conv_1');
  await until(() => expect(conversation.getSnapshot().status).toBe('live'));
});

test('one that is asked for in the midst of an event shows what a frame subscribed to right before', async () => {
  let conversation;
  client.on('custom', () => {
    client.send({ type: 'subscribe', conversationId: 'conv_2' });
    conversation = client.conversation('conv_2');
  });
  await subscribe('conv_1');
  server.say({ type: 'custom' });
  await until(() => expect(conversation?.getSnapshot().status).toBe('joining'));
});

test('it has an id even if the frame has a number there, or has it inside its data', async () => {
  await subscribe(7);
  client.send({ type: 'subscribe', data: { conversationId: 'conv_2' } });
  await until(() => expect(snapshot('conv_2').status).toBe('joining'));
  expect(snapshot('7').status).toBe('live');
});

test('what was known of a forgotten conversation is not shown in the one that gets its number', async () => {
  const other = (count) => ({ conversationId: `other_${count}` });
  await subscribe('conv_1');
  await missSomethingIn('conv_1');
  client.send({ type: 'unsubscribe', conversationId: 'conv_1' });
  await until(() => expect(server.heard('unsubscribe')).toHaveLength(1));
  // As many as are remembered; whoever comes then gets the number of what is forgotten.
  for (let count = 0; count < 1_000; count += 1)
    client.send({ type: 'unsubscribe', ...other(count) });
  for (let count = 1_000; count < 1_200; count += 1)
    client.send({ type: 'subscribe', ...other(count) });
  for (let count = 1_000; count < 1_200; count += 1)
    expect(snapshot(`other_${count}`)).toMatchObject({ hasGap: false, status: 'joining' });
});
