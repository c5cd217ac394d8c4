// What a page sees alike on every server.
import { expect, test } from 'vitest';
import { until } from '../../js/support/until.js';

/**
 * `server()` is the server, `open(options)` a page; `reads` of history come before what is said is news. Without any,
 * nothing is shown of a reconnect. `statusOf` a result is what a message of the page's has to come to.
 */
export function behavesAlike({ server, open, reads, statusOf }) {
  test('message', async () => {
    const { join, heard } = open();
    const id = await server().named('message');
    const conversation = await join(server(), id);
    await server().call('emitNewMessage', id, { content: 'from the service' });
    await until(() => expect(heard('message')).toHaveLength(1));
    expect(heard('message')[0]).toMatchObject({
      event: 'message:new',
      conversationId: id,
      data: { content: 'from the service' },
      via: 'socket',
    });
    const { result } = conversation.send('from the page');
    expect(conversation.getSnapshot().messages.at(-1)).toMatchObject({ content: 'from the page' });
    expect((await result).status).toBe(statusOf(await result));
    await until(() => expect(heard('message')).toHaveLength(2));
    const { messages } = conversation.getSnapshot();
    expect(messages.map(({ content, state }) => [content, state])).toEqual([
      ['from the service', 'received'],
      ['from the page', 'sent'],
    ]);
  });

  test('conversation', async () => {
    const { join, heard } = open();
    const id = await server().named('updated');
    const conversation = await join(server(), id);
    await server().call('emitConversationUpdate', id, { status: 'resolved' });
    await until(() => expect(heard('conversation')).toHaveLength(1));
    expect(conversation.getSnapshot().info).toMatchObject({ status: 'resolved' });
  });

  test('typing', async () => {
    const { join } = open();
    const id = await server().named('typing');
    const conversation = await join(server(), id);
    await server().call('emitTypingIndicator', id, 'ann', true);
    await until(() => expect(conversation.getSnapshot().typing).toEqual(['ann']));
    conversation.setTyping(true);
    const { me } = server();
    await until(async () => expect(await server().typists(conversation)).toContain(me));
  });

  if (reads)
    test('reconnect', async () => {
      const { join, hasRead, ids } = open({ polling: { messages: history(server()) } });
      const id = await server().named('reconnect');
      await isLive(await join(server(), id));
      await hasRead(reads);
      const say = async (count) => {
        for (let n = 0; n < count; n++) await server().call('emitNewMessage', id, { n });
      };
      await say(20);
      await until(() => expect(ids()).toHaveLength(20));
      await server().call('drop');
      await say(20);
      await until(async () => expect(await server().call('listeners', id)).toBe(1));
      await say(20);
      await until(() => expect(ids()).toHaveLength(60));
      expect(ids()).toEqual(await server().stored(id, 60));
    });

  test('kicked by the server', async () => {
    const { join, client } = open();
    const id = await server().named('kicked');
    await join(server(), id);
    await server().call('kick');
    await until(() => expect(client.stats().sessions).toBe(2));
    await until(async () => expect(await server().call('listeners', id)).toBe(1));
  });
}

/** Reads what was said over HTTP. */
export const history =
  (server) =>
  (...asked) =>
    server.history(...asked);

export const isLive = (conversation) =>
  until(() => expect(conversation.getSnapshot().status).toBe('live'));

/** A bad token is asked for again once, and the `good` one lets in; one that stays bad is refused, as the server `says`. */
export async function refreshesOnce(open, good, says) {
  const asked = [];
  const token = ({ code }) => {
    asked.push(code);
    return code === 4401 ? good : 'bad';
  };
  const { client } = open({ token });
  client.connect();
  await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
  expect(asked.indexOf(4401)).toBe(asked.length - 1);
  client.close();
  const { client: other } = open({ token: 'bad' });
  other.connect();
  await until(() => expect(other.connection.getSnapshot().error?.code).toBe('unauthorized'));
  expect(other.connection.getSnapshot().error.message).toContain(says);
  expect(other.connection.getSnapshot().phase).toBe('closed');
}
