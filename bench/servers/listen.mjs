// One of the servers here, on a real socket.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { WebSocketServer } from 'ws';
import { servers } from './index.js';
import { batches } from './json.js';
import { lastId } from './payload.js';

/**
 * Starts one of this kind; `t.after` ends it. Each handshake is answered after `latencyMs`; one that `greets` says
 * something to whoever joins.
 */
export async function listen(t, kind, { latencyMs = 0, greets = false } = {}) {
  const listener = new Listener(servers[kind](), latencyMs, greets);
  await listener.start();
  t.after(() => listener.stop());
  return listener;
}

class Listener {
  #sockets;
  #protocol;
  #stream;
  #latencyMs;
  #greets;

  /** The frames that came, when the last of them did, and when the latest connection was opened. */
  framesHeard = 0;
  heardAt = 0;
  openedAt = 0;

  constructor(protocol, latencyMs, greets) {
    this.#protocol = protocol;
    this.#latencyMs = latencyMs;
    this.#greets = greets;
  }

  get url() {
    return `ws://127.0.0.1:${this.#sockets.address().port}`;
  }

  /** In how many conversations the client is. */
  get joined() {
    return this.#protocol.joined.size;
  }

  async start() {
    const verifyClient = (_, accept) => setTimeout(accept, this.#latencyMs, true);
    this.#sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, verifyClient });
    this.#sockets.on('connection', (socket, { socket: stream }) => {
      this.openedAt = performance.now();
      this.#stream = stream;
      const reply = (text) => socket.send(text);
      socket.on('message', (bytes) => {
        this.framesHeard += 1;
        this.#protocol.heard(bytes.toString(), reply);
        if (this.#greets && this.joined > 0) reply(this.#protocol.message('c1'));
        this.heardAt = performance.now();
      });
      this.#protocol.opened(reply);
    });
    await once(this.#sockets, 'listening');
  }

  /** Says something in a conversation. */
  say(conversationId) {
    for (const socket of this.#sockets.clients) socket.send(this.#protocol.message(conversationId));
  }

  /** Says very much at once, a message a frame or in batches, as fast as it is read; resolves with the last one's id. */
  async flood(conversationId, count, { inBatches }) {
    const messages = Array.from({ length: count }, () => this.#protocol.message(conversationId));
    const written = Readable.from(written64k(inBatches ? batches(messages) : messages));
    await pipeline(written, this.#stream, { end: false });
    return lastId();
  }

  /** Ends the connection as a failing network would. */
  drop() {
    this.#protocol.joined.clear();
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  async stop() {
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }
}

/** Texts as the frames of RFC 6455, some 64 KiB of them at a time. */
function* written64k(texts) {
  let parts = [];
  let bytes = 0;
  for (const text of texts) {
    const payload = Buffer.from(text);
    parts.push(frameHead(payload.length), payload);
    bytes += payload.length;
    if (bytes < 65_536) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  yield Buffer.concat(parts);
}

/** A whole, unmasked text frame's first bytes. */
function frameHead(length) {
  const head = Buffer.from(length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff]);
  if (length > 65_535) throw new RangeError(`a frame of ${length} bytes`);
  return head;
}
