// @vitest-environment jsdom
// Our own gateway over Socket.IO, and who else is in its rooms.
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../js/support/until.js';
import { behavesAlike, isLive, refreshesOnce } from './support/behaviours.js';
import { CHAT, startChat } from './support/chat.js';
import { page } from './support/page.js';
import { versionOf } from './support/server.js';

describe.each([
  [CHAT, 'socket', {}],
  [`${CHAT}, long-polling`, 'polling', { WEBSOCKET_ENABLED: 'false' }],
])('%s', (_, transport, settings) => {
  const isPolled = transport === 'polling';
  const ends = [];
  let server;

  beforeAll(async () => {
    server = await startChat(settings);
  });
  afterAll(() => server.stop());
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  const open = (options) => {
    const opened = page({ url: `http://${server.host}`, protocol: 'socket.io', ...options });
    ends.push(() => opened.client.close());
    return opened;
  };

  behavesAlike({
    server: () => server,
    open,
    reads: isPolled ? 0 : 1,
    statusOf: () => 'acked',
  });

  if (isPolled)
    test('reconnect', async () => {
      const { join, client, heard } = open();
      const id = await server.named('back');
      const conversation = await join(server, id);
      await isLive(conversation);
      await server.call('drop');
      await until(() => expect(client.stats().sessions).toBe(2));
      await isLive(conversation);
      await server.call('emitNewMessage', id, { content: 'after' });
      await until(() => expect(heard('message')).toHaveLength(1));
    });

  test('subscribe', async () => {
    const { join, client } = open();
    await isLive(await join(server, await server.named('joined')));
    expect(client.connection.getSnapshot()).toMatchObject({ isConnected: true, transport });
    const id = await server.named('left');
    const leave = client.conversation(id).subscribe(() => {});
    await until(async () => expect(await server.call('listeners', id)).toBe(1));
    leave();
    await until(async () => expect(await server.call('listeners', id)).toBe(0));
  });

  test('ack out', async () => {
    const { client } = open();
    const conversationId = await server.named('asked');
    const question = { conversationId, clientId: 'c1', content: 'once' };
    const stored = await client.request('message:send', question);
    expect(stored).toMatchObject({ ...question, senderId: 'guest' });
    expect(await client.request('message:send', question)).toEqual(stored);
    expect(await server.stored(conversationId)).toEqual([stored.id]);
  });

  test('bad token', async () => {
    await refreshesOnce(open, await server.gateway.token('agent_ana'), 'the token is not valid');
  });

  test('what is refused is not shown as done', async () => {
    const id = await server.named('not for Leo');
    const { client } = open({ token: await server.gateway.token('cust_leo', 'customer') });
    const conversation = client.conversation(id);
    conversation.subscribe(() => {});
    await until(() => expect(conversation.getSnapshot().status).toBe('error'));
    expect(conversation.getSnapshot().error.message).toContain('this conversation is not yours');
    const { result } = conversation.send('let me in');
    expect(await result).toMatchObject({ status: 'dropped', reason: 'rejected' });
    expect(conversation.getSnapshot().messages).toMatchObject([{ state: 'failed' }]);
    await expect(client.request('dance', {})).rejects.toMatchObject({ code: 'refused' });
  });

  if (isPolled) return;

  // Longer than a plain socket may be silent there: over Socket.IO it is Engine.IO that asks.
  const QUIET_MS = 65_000;
  test.runIf(process.env.INTEROP === 'full')(
    'a quiet session lasts',
    { timeout: 2 * QUIET_MS },
    async () => {
      const { join, client } = open();
      const id = await server.named('quiet');
      await join(server, id);
      const began = Date.now();
      const isLongAgo = () => expect(Date.now() - began).toBeGreaterThan(QUIET_MS);
      await vi.waitFor(isLongAgo, { timeout: 2 * QUIET_MS, interval: 1_000 });
      expect(await server.call('listeners', id)).toBe(1);
      expect(client.stats().sessions).toBe(1);
    },
  );

  test(`shares a room with socket.io-client ${versionOf('socket.io-client')}`, async () => {
    const id = await server.named('shared');
    const url = `http://${server.host}`;
    const token = await server.gateway.token('agent_ida');
    const there = io(url, { query: { token } });
    ends.push(() => there.close());
    const thereHeard = [];
    there.on('message:new', ({ content }) => thereHeard.push(content));
    const thereTyping = [];
    there.on('user:typing', ({ userId }) => thereTyping.push(userId));
    expect(await there.emitWithAck('subscribe', { conversationId: id })).toMatchObject({
      offset: 0,
    });

    const pages = [open(), open({ url: url.replace('http', 'ws'), protocol: 'json' })];
    const conversations = pages.map(({ client }) => client.conversation(id));
    for (const conversation of conversations) conversation.subscribe(() => {});
    for (const conversation of conversations) await isLive(conversation);

    const clientId = 'ida-1';
    const said = { conversationId: id, clientId, content: 'from socket.io-client' };
    const stored = await there.emitWithAck('message:send', said);
    expect(await there.emitWithAck('message:send', said)).toEqual(stored);
    for (const [index, conversation] of conversations.entries())
      expect((await conversation.send(`from page ${index}`).result).status).toBe('acked');
    await server.call('emitNewMessage', id, { content: 'posted' });

    const all = ['from socket.io-client', 'from page 0', 'from page 1', 'posted'];
    await until(() => expect(thereHeard).toEqual(all));
    for (const { heard } of pages) {
      await until(() => expect(heard('message').map(({ data }) => data.content)).toEqual(all));
      expect(heard('error')).toEqual([]);
    }
    there.emit('user:typing', { conversationId: id, isTyping: true });
    for (const conversation of conversations)
      await until(() => expect(conversation.getSnapshot().typing).toEqual(['agent_ida']));
    conversations[1].setTyping(true);
    await until(() => expect(thereTyping).toEqual(['guest']));
    expect(server.gateway.log).toContain('"/socket.io/"');
    expect(server.gateway.log).not.toContain(token);
  });
});
