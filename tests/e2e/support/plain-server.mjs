// The least that a server must speak: it echoes, keeps messages under ids, and can be read and posted to over HTTP.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';

const PAGE = 50;
const MESSAGES = /^\/api\/conversations\/([^/]+)\/messages$/;
const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-None-Match',
};

/** Starts one that ends with the test `t`. */
export async function startPlainServer(t) {
  const server = new PlainServer();
  await server.listen();
  t.after(() => server.close());
  return server;
}

class PlainServer {
  #http = createServer((request, response) => this.#answer(request, response));
  #sockets = new WebSocketServer({ server: this.#http });
  #subscribers = new Map();
  #byClientId = new Map();
  #messages = new Map();
  #lastId = 0;

  get url() {
    return `http://127.0.0.1:${this.#http.address().port}`;
  }

  async listen() {
    this.#sockets.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('message', (text) => this.#hear(socket, JSON.parse(text)));
      socket.on('close', () => {
        for (const sockets of this.#subscribers.values()) sockets.delete(socket);
      });
    });
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  close() {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.close();
    this.#http.closeAllConnections();
  }

  /** All messages of a conversation, oldest first. */
  messages(conversationId) {
    return inMap(this.#messages, conversationId, () => []);
  }

  /** Stores a message and tells all who listen. The same `clientId` is the same message. */
  post(conversationId, { clientId, content }) {
    const known = clientId && this.#byClientId.get(clientId);
    if (known) return known;
    this.#lastId += 1;
    const message = { id: `msg_${this.#lastId}`, content };
    if (clientId) this.#byClientId.set(clientId, message);
    this.messages(conversationId).push(message);
    this.#tell({ type: 'message', conversationId, data: message });
    return message;
  }

  #hear(socket, { type, conversationId, data }) {
    const sockets = inMap(this.#subscribers, conversationId, () => new Set());
    if (type === 'subscribe') sockets.add(socket);
    else if (type === 'unsubscribe') sockets.delete(socket);
    else if (type === 'message') this.post(conversationId, data);
    else if (type === 'typing') this.#tell({ type, conversationId, data });
  }

  #tell(frame) {
    for (const socket of this.#subscribers.get(frame.conversationId) ?? [])
      socket.send(JSON.stringify(frame));
  }

  async #answer(request, response) {
    const url = new URL(request.url, this.url);
    const [, conversationId] = url.pathname.match(MESSAGES) ?? [];
    const reply = (status, body) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...CORS })
        .end(JSON.stringify(body));
    if (request.method === 'OPTIONS') return reply(204);
    if (conversationId === undefined) return reply(404, {});
    if (request.method === 'POST') {
      // A request that breaks off in its middle asks for nothing.
      const body = await json(request).catch(() => null);
      return body && reply(201, this.post(conversationId, body));
    }
    const page = this.#page(conversationId, url.searchParams.get('after'));
    return page ? reply(200, page) : reply(404, {});
  }

  #page(conversationId, after) {
    const messages = this.messages(conversationId);
    if (after === null) return messages.slice(-PAGE);
    const index = messages.findIndex(({ id }) => id === after);
    return index === -1 ? null : messages.slice(index + 1, index + 1 + PAGE);
  }
}

function inMap(map, key, create) {
  if (!map.has(key)) map.set(key, create());
  return map.get(key);
}
