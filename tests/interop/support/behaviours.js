// What a page sees alike on every server.
import { expect, test } from 'vitest';
import { until } from '../../js/support/until.js';

/** `server()` is the server, `open(options)` a page; `reads` of history come before what is said is news. */
export function behavesAlike({ server, open, reads }) {
  test('conversation', async () => {
    const { join, heard } = open();
    const conversation = await join(server(), 'updated');
    await server().call('emitConversationUpdate', 'updated', { status: 'closed' });
    await until(() => expect(heard('conversation')).toHaveLength(1));
    expect(conversation.getSnapshot().info).toMatchObject({ status: 'closed' });
  });

  test('typing', async () => {
    const { join } = open();
    const conversation = await join(server(), 'typing');
    await server().call('emitTypingIndicator', 'typing', 'ann', true);
    await until(() => expect(conversation.getSnapshot().typing).toEqual(['ann']));
    conversation.setTyping(true);
    await until(() => expect(conversation.getSnapshot().typing).toEqual(['ann', 'me']));
  });

  test('reconnect', async () => {
    const { join, hasRead, ids } = open({ polling: { messages: history(server()) } });
    await isLive(await join(server(), 'reconnect'));
    await hasRead(reads);
    const say = async (count) => {
      for (let n = 0; n < count; n++) await server().call('emitNewMessage', 'reconnect', { n });
    };
    await say(20);
    await until(() => expect(ids()).toHaveLength(20));
    await server().call('drop');
    await say(20);
    await until(async () => expect(await server().call('listeners', 'reconnect')).toBe(1));
    await say(20);
    await until(() => expect(ids()).toHaveLength(60));
    expect(ids()).toEqual(inOrder('reconnect', 60));
  });

  test('kicked by the server', async () => {
    const { join, client } = open();
    await join(server(), 'kicked');
    await server().call('kick');
    await until(() => expect(client.stats().sessions).toBe(2));
    await until(async () => expect(await server().call('listeners', 'kicked')).toBe(1));
  });
}

/** Reads what was said over HTTP. */
export const history =
  (server) =>
  (conversationId, { after, signal }) => {
    const query = new URLSearchParams({ conversationId, after: after ?? '' });
    return fetch(`http://${server.host}/messages?${query}`, { signal }).then((got) => got.json());
  };

export const isLive = (conversation) =>
  until(() => expect(conversation.getSnapshot().status).toBe('live'));

export const inOrder = (name, count) => Array.from({ length: count }, (_, n) => `${name}-${n + 1}`);
