// talkwire as a page runs it, with Node's sockets under jsdom.
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../../src/js/inline.js';
import { until } from '../../js/support/until.js';

// In a browser an error that nobody listens to harms nobody; in Node it ends the process.
class PageSocket extends WebSocket {
  constructor(...given) {
    super(...given);
    this.on('error', () => {});
  }
}

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', PageSocket);

/** A client that keeps what it was told. */
export function page({ polling, ...options }) {
  let reads = 0;
  const messages = async (...asked) => {
    const items = await polling.messages(...asked);
    reads += 1;
    return items;
  };
  const client = createClient({
    backoff: { minMs: 50, maxMs: 200 },
    ...options,
    ...(polling !== undefined && { polling: polling && { ...polling, messages } }),
  });
  const told = [];
  client.on('*', (event) => told.push(event));
  return {
    client,
    told,
    /** Everything told under a name. */
    heard: (type) => told.filter((event) => event.type === type),
    ids: () => told.filter(({ type }) => type === 'message').map(({ data }) => data.id),
    /** Joins a conversation; resolves once the server has it. */
    async join(server, id) {
      const conversation = client.conversation(id);
      conversation.subscribe(() => {});
      await until(async () => {
        if ((await server.call('listeners', id)) !== 1) throw new Error('not joined');
      });
      return conversation;
    },
    /** Resolves once history has been read so often: what the first reads hold was there before, and is no news. */
    hasRead: (count) =>
      until(() => {
        if (reads < count) throw new Error('not read yet');
      }),
  };
}
