// talkwire as a page runs it, with Node's sockets under jsdom.
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../../src/js/inline.js';
import { until } from '../../js/support/until.js';

// jsdom's own fires Node's events, which its pages refuse.
vi.stubGlobal('WebSocket', WebSocket);

/** A client that keeps what it was told. */
export function page(options) {
  const client = createClient({ backoff: { minMs: 50, maxMs: 200 }, ...options });
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
  };
}
