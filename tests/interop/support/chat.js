// Our own gateway as one more server: what the others are told by a call, it is told over REST or a socket.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startFaultProxy } from '../../e2e/support/fault-proxy.mjs';
import { startGateway } from '../../e2e/support/gateway.mjs';
import { until } from '../../js/support/until.js';

const lock = readFileSync(join(import.meta.dirname, '../../../Cargo.lock'), 'utf8');
const [, socketioxide] = lock.match(/name = "socketioxide"\nversion = "(.+)"/);

export const CHAT = `our gateway, socketioxide ${socketioxide}`;

/** Starts one that is open to all, behind a proxy that can break connections. */
export async function startChat() {
  const ends = [];
  const t = { after: (end) => ends.unshift(end) };
  const gateway = await startGateway(t, {
    env: { TOKEN_SECRET: undefined, RUST_LOG: 'debug,sqlx=info' },
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
      this.#ann.say({ type: 'subscribe', conversationId: id });
      this.#ann.say({ type: 'typing', conversationId: id, data: { isTyping } });
    },
    listeners: async (id) => {
      const held = await fetch(`${this.gateway.url}/dev/connections?conversationId=${id}`);
      return (await held.json()).subscriptions;
    },
    kick: () => fetch(`${this.gateway.url}/dev/connections`, { method: 'DELETE' }),
    drop: () => this.#proxy.cut(),
  };

  /** Somebody on a plain socket, past the proxy. */
  async #person(userId) {
    const token = await this.gateway.token(userId);
    const socket = new WebSocket(`ws://${this.gateway.host}/?token=${token}`);
    const person = {
      socket,
      typists: [],
      say: (frame) => socket.send(JSON.stringify(frame)),
    };
    socket.on('message', (text) => {
      const { type, data } = JSON.parse(text);
      if (type === 'typing' && data.isTyping) person.typists.push(data.userId);
    });
    await until(() => {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('not open');
    });
    return person;
  }
}
