// @vitest-environment jsdom
// Servers that call things by other names.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Core } from '../../pkg/talkwire.js';
import { createClient } from '../../src/js/inline.js';
import { startServer } from './support/server.js';
import { until } from './support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

let server;
let client;

beforeEach(async () => {
  server = await startServer({ hello: null });
});

afterEach(async () => {
  client.close();
  await server.stop();
});

const open = (options) => {
  client = createClient({ url: server.url, ...options });
  const told = [];
  client.on('*', (event) => told.push(event));
  return told;
};

const joined = async () => {
  const conversation = client.conversation('c');
  conversation.subscribe(() => {});
  await until(() => expect(server.frames).toHaveLength(1));
  return conversation;
};

describe('in nest', () => {
  const message = (n, more) => ({
    event: 'message:new',
    data: { id: `m${n}`, conversationId: 'c', content: n, ...more },
  });

  test('what takes the lane never enters wasm, and is told under its meaning', async () => {
    const told = open({ protocol: 'nest' });
    const conversation = await joined();
    server.say(message(1));
    await until(() => expect(told).toHaveLength(1));
    const received = vi.spyOn(Core.prototype, 'receive');
    for (let n = 2; n <= 200; n++) server.say(message(n));
    await until(() => expect(told).toHaveLength(200));
    expect(received).not.toHaveBeenCalled();
    received.mockRestore();
    const { data } = message(200);
    const whole = { type: 'message', event: 'message:new', conversationId: 'c', via: 'socket' };
    expect(told.at(-1)).toEqual({ ...whole, data });
    expect({ ...told[0], data }).toEqual({ ...whole, data });
    expect(conversation.getSnapshot().messages).toHaveLength(200);
  });

  test('with and without the lane the same is told', async () => {
    const script = [
      message(1),
      message(2, { offset: 2, epoch: 'e' }),
      message(3, { offset: 3, epoch: 'e' }),
      message(2, { offset: 2, epoch: 'e' }),
      { ...message(4), type: 'beside' },
      { ...message(5), conversationId: 'c' },
      message(6, { conversationId: 7 }),
      message(7, { id: 7 }),
      message(8, { conversationId: undefined }),
      { event: 'user:typing', data: { conversationId: 'c', userId: 'u', isTyping: true } },
      { event: 'user:typing', data: { conversationId: 'other', userId: 'u', isTyping: true } },
      { event: 'user:typing', data: { conversationId: 'c' } },
      { event: 'message', data: { conversationId: 'c', id: 'x' } },
      { event: 'custom', data: [1] },
      { event: 'batch', frames: [message(9)] },
      { type: 'batch', frames: [message(9)] },
      { event: 7, data: 'a number' },
      'ok',
      null,
      [message(10)],
      { type: 'message', conversationId: 'c', data: { id: 'm11' } },
      { event: 'end' },
    ];
    const play = async (messageId) => {
      const told = open({ protocol: 'nest', messageId });
      server.frames.length = 0;
      const conversation = await joined();
      for (const frame of script) server.say(frame);
      await until(() => expect(told.at(-1)).toMatchObject({ type: 'end' }));
      const { messages, typing } = conversation.getSnapshot();
      const { framesReceived, events, errors } = client.stats();
      client.close();
      const plain = told.map(({ error, data, ...event }) =>
        error ? { ...event, error: error.message } : { ...event, data },
      );
      return { told: plain, messages, typing, stats: { framesReceived, events, errors } };
    };
    const withLane = await play('id');
    expect(withLane).toEqual(await play((data) => data.id));
    expect(withLane.told.filter(({ type }) => type === 'result')).toHaveLength(4);
    expect(
      withLane.told.filter(({ error }) => error?.includes("set protocol: 'json'")),
    ).toHaveLength(1);
  });

  test('what the application says is said under the names of gateways', async () => {
    open({ protocol: 'nest' });
    const conversation = await joined();
    const { id } = conversation.send('hello');
    conversation.setTyping(true);
    client.send({ type: 'order', data: { n: 1 } });
    client.send({ event: 'subscribe', data: { conversationId: 'd' } });
    await until(() => expect(server.frames).toHaveLength(5));
    expect(server.frames).toEqual([
      { event: 'subscribe', data: { conversationId: 'c' } },
      { event: 'message:send', data: { conversationId: 'c', clientId: id, content: 'hello' } },
      { event: 'user:typing', data: { conversationId: 'c', isTyping: true } },
      { event: 'order', data: { n: 1 } },
      { event: 'subscribe', data: { conversationId: 'd' } },
    ]);
  });
});

test('a server of JSON that is taken for Socket.IO is named with the option', async () => {
  server.hello = { features: [] };
  open({ protocol: 'socket.io' });
  client.connect();
  await until(() => expect(client.connection.getSnapshot().error?.code).toBe('wrong-dialect'));
  expect(client.connection.getSnapshot().error.message).toContain("protocol: 'json'");
});

describe('in json', () => {
  test('events have the meaning that the application gives them, in the lane, too', async () => {
    const told = open({ events: { said: 'message', types: 'typing' } });
    const conversation = await joined();
    for (let n = 1; n <= 3; n++)
      server.say({ type: 'said', conversationId: 'c', data: { id: `m${n}` } });
    server.say({ type: 'types', conversationId: 'c', data: { userId: 'u' } });
    await until(() => expect(told).toHaveLength(4));
    expect(told.map(({ type, event }) => [type, event])).toEqual([
      ['message', 'said'],
      ['message', 'said'],
      ['message', 'said'],
      ['typing', 'types'],
    ]);
    expect(conversation.getSnapshot()).toMatchObject({ typing: ['u'] });
    expect(conversation.getSnapshot().messages).toHaveLength(3);
  });

  test('what is said goes under names, and by functions, of the application', async () => {
    const asked = [];
    open({
      emits: {
        subscribe: 'join',
        unsubscribe: () => ['leave'],
        message: (...args) => {
          asked.push(args);
          return ['say', { text: args[1].content }];
        },
        typing: () => {
          throw new Error('mine');
        },
      },
    });
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const conversation = await joined();
    const { id } = conversation.send('hello');
    conversation.setTyping(true);
    await until(() => expect(server.frames).toHaveLength(3));
    expect(server.frames).toEqual([
      { type: 'join', conversationId: 'c' },
      { type: 'say', conversationId: 'c', data: { text: 'hello' } },
      { type: 'typing', conversationId: 'c', data: { isTyping: true } },
    ]);
    expect(asked).toEqual([['c', { clientId: id, content: 'hello' }]]);
    expect(reported).toHaveBeenCalledOnce();
  });
});
