// Our own gateway as one more server: what the others are told by a call, it is told over REST or a socket.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { startFaultProxy } from '../../e2e/support/fault-proxy.mjs';
import { startGateway } from '../../e2e/support/gateway.mjs';

const lock = readFileSync(join(import.meta.dirname, '../../../Cargo.lock'), 'utf8');
const [, socketioxide] = lock.match(/name = "socketioxide"\nversion = "(.+)"/);

export const CHAT = `our gateway, socketioxide ${socketioxide}`;

/** Starts one that is open to all, behind a proxy that can break connections. */
export async function startChat(settings = {}) {
  const ends = [];
  const t = { after: (end) => ends.unshift(end) };
  const gateway = await startGateway(t, {
    env: { TOKEN_SECRET: undefined, RUST_LOG: 'debug,sqlx=info', ...settings },
  });
  return new Chat(gateway, await startFaultProxy(t, gateway), ends);
}

class Chat {
  #proxy;
  #ends;
  #ids = new Map();
  #ann = null;

  /** As whom a page without a token takes part. */
  me = 'guest';

  constructor(gateway, proxy, ends) {
    this.gateway = gateway;
    this.#proxy = proxy;
    this.#ends = ends;
    this.host = proxy.host;
  }

  /** The id of the conversation that a test calls so. */
  async named(name) {
    if (!this.#ids.has(name)) {
      const { id } = await this.gateway.api('POST', '/conversations', { body: { title: name } });
      this.#ids.set(name, id);
    }
    return this.#ids.get(name);
  }

  call(name, ...args) {
    return this.#calls[name](...args);
  }

  /** What was said in a conversation, over HTTP. */
  async history(id, { after, signal } = {}) {
    const query = new URLSearchParams({ limit: '200', ...(after && { after }) });
    const url = `http://${this.host}/api/conversations/${id}/messages?${query}`;
    return (await (await fetch(url, { signal })).json()).messages;
  }

  /** The ids of what was said, in order. */
  async stored(id) {
    return (await this.history(id)).map((message) => message.id);
  }

  /** Who types, as somebody else sees it: the gateway does not tell the typist. */
  async typists() {
    return this.#ann.typists;
  }

  async stop() {
    this.#ann?.socket.close();
    for (const end of this.#ends) await end();
  }

  #calls = {
    emitNewMessage: (id, { content, ...data }) =>
      this.gateway.api('POST', `/conversations/${id}/messages`, {
        body: { content: content ?? data },
      }),
    emitConversationUpdate: (id, change) =>
      this.gateway.api('PATCH', `/conversations/${id}`, { body: change }),
    emitTypingIndicator: async (id, userId, isTyping) => {
      this.#ann ??= await this.#person(userId);
      await this.#ann.socket.emitWithAck('subscribe', { conversationId: id });
      this.#ann.socket.emit('user:typing', { conversationId: id, isTyping });
    },
    listeners: async (id) => {
      const held = await fetch(`${this.gateway.url}/dev/connections?conversationId=${id}`);
      return (await held.json()).subscriptions;
    },
    kick: () => fetch(`${this.gateway.url}/dev/connections`, { method: 'DELETE' }),
    drop: () => this.#proxy.cut(),
  };

  /** Somebody with socket.io-client, past the proxy. */
  async #person(userId) {
    const socket = io(this.gateway.url, { auth: { token: await this.gateway.token(userId) } });
    const typists = [];
    socket.on('user:typing', (data) => {
      if (data.isTyping) typists.push(data.userId);
    });
    return { socket, typists };
  }
}
