// What `src/js/host.js` is to a client, for the tests of the shell: it writes down what it is told.

const WRITTEN = [
  'event',
  'report',
  'lost',
  'connection',
  'place',
  'state',
  'remove',
  'status',
  'gap',
  'typing',
  'presence',
  'info',
  'list',
  'read',
  'agent',
  'identity',
  'settle',
  'loaded',
  'forget',
  'ended',
];

export function createHost(gateway) {
  return new TestHost(gateway);
}

class TestHost {
  core;
  #gateway;
  #calls = [];
  #waiting = [];
  #sockets = [];
  #nativeWebSocket = globalThis.WebSocket;

  constructor(gateway) {
    this.#gateway = gateway;
    const sockets = this.#sockets;
    globalThis.WebSocket = class extends this.#nativeWebSocket {
      constructor(...address) {
        super(...address);
        sockets.push(this);
      }
    };
    this.host = {
      wake: () => this.core.tick(),
      flushSoon: () => queueMicrotask(() => this.core.flush()),
      want: () => {},
      unwant: () => {},
      dial: async (generation) => {
        await undefined;
        this.core.dialled(generation, { url: `${gateway.replace('http', 'ws')}/ws` }, true);
      },
      open: (generation, { url }) =>
        Object.assign(new WebSocket(url), {
          onopen: () => this.core.opened(generation),
          onmessage: ({ data }) => this.core.receive(generation, JSON.parse(data)),
          onclose: ({ code, reason }) => this.core.closed(generation, code, reason, 0),
        }),
      close: (socket, code) =>
        Object.assign(socket, { onopen: null, onmessage: null, onclose: null }).close(code),
      readMessages: async (request, conversationId, after) => {
        const query = after === undefined ? '' : `?after=${after}`;
        const reply = await fetch(
          `${gateway}/api/conversations/${conversationId}/messages${query}`,
        );
        const { messages } = await reply.json();
        this.core.fetched(request, { status: reply.status, messages });
      },
      abort: () => {},
      error: (code, message, retryable) => Object.assign(new Error(message), { code, retryable }),
    };
    for (const name of WRITTEN) this.host[name] = (...args) => this.#write(name, args);
  }

  call(name, ...args) {
    return this.core[name](...args);
  }

  called(name, isIt) {
    const made = this.#calls.find((call) => call.name === name && isIt(...call.args));
    if (made) return Promise.resolve(made.args);
    return new Promise((resolve) => this.#waiting.push({ name, isIt, resolve }));
  }

  countOf(name) {
    const [call, type] = name.split(' ');
    return this.#calls.filter((one) => one.name === call && (!type || one.args[0] === type)).length;
  }

  async postByHttp(conversationId, content) {
    const body = JSON.stringify({ clientId: crypto.randomUUID(), content });
    const headers = { 'Content-Type': 'application/json' };
    const path = `${this.#gateway}/api/conversations/${conversationId}/messages`;
    const reply = await fetch(path, { method: 'POST', headers, body });
    if (!reply.ok) throw new Error(`${reply.status}`);
  }

  async firstConversation() {
    const { conversations } = await (await fetch(`${this.#gateway}/api/conversations`)).json();
    return conversations[0].id;
  }

  /** Breaks the connection as a network would: the server closes, the client did not ask for it. */
  writeBehindItsBack(how) {
    for (const socket of this.#sockets) if (how === 'close') socket.close(4999);
  }

  openSockets() {
    return this.#sockets.filter((socket) => socket.readyState <= WebSocket.OPEN).length;
  }

  #write(name, args) {
    this.#calls.push({ name, args });
    this.#waiting = this.#waiting.filter((one) => {
      const isMet = one.name === name && one.isIt(...args);
      if (isMet) one.resolve(args);
      return !isMet;
    });
  }
}
