// A TCP proxy in front of a server that fails as networks do. `up` is towards the server, `down` from it.
import { EventEmitter, once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

// One side may end while the other still speaks.
const HALF_OPEN = { allowHalfOpen: true };

/** Starts one in front of `server`, whose `url` is looked up for each connection; it ends with the test `t`. */
export async function startFaultProxy(t, server) {
  const proxy = new FaultProxy(server);
  await proxy.listen();
  t.after(() => proxy.close());
  return proxy;
}

/** Faults of all kinds. Where no connections are given, it is about all, those that come included. */
class FaultProxy {
  #server;
  #listener = createServer(HALF_OPEN, (socket) => this.#accept(socket));
  #coming = { up: new Way(), down: new Way() };
  #isRefusing = false;

  /** The connections there are, the oldest first. */
  links = [];

  constructor(server) {
    this.#server = server;
  }

  get host() {
    return `127.0.0.1:${this.#listener.address().port}`;
  }

  get url() {
    return `http://${this.host}`;
  }

  async listen() {
    this.#listener.listen(0, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  close() {
    this.#listener.close();
    this.cut();
  }

  /** Resets connections, both ends. */
  cut(links = this.links) {
    for (const link of [...links]) link.cut();
  }

  /** Accepts and holds: nothing passes, and nobody is told, not even that the other end has gone. */
  freeze(way = 'both', links = undefined) {
    this.#change(way, links, (one) => one.freeze());
  }

  /** Whatever comes takes this much longer. */
  delay(ms, links = undefined) {
    this.#change('both', links, (way) => {
      way.delayMs = ms;
    });
  }

  /** Lets this many bytes pass, then ends the connection, be it in the middle of a frame. */
  cutAfter(bytes, way = 'down', links = undefined) {
    this.#change(way, links, (one) => {
      one.bytesLeft = bytes;
    });
  }

  /** Resets whatever comes from now on. */
  refuse() {
    this.#isRefusing = true;
  }

  /** Ends all faults; what was held goes on. */
  resume() {
    this.#isRefusing = false;
    this.#change('both', undefined, (way) => way.heal());
  }

  #change(name, links, change) {
    const ways = name === 'both' ? ['up', 'down'] : [name];
    for (const link of links ?? [this.#coming, ...this.links])
      for (const way of ways) change(link[way]);
  }

  #accept(client) {
    // What is wrong with a socket shows where it is read.
    client.on('error', () => {});
    if (this.#isRefusing) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(this.#server.url);
    const link = new Link(client, connect({ port, host: hostname, ...HALF_OPEN }), this.#coming);
    this.links.push(link);
    link.ended.then(() => {
      this.links = this.links.filter((other) => other !== link);
    });
  }
}

/** One connection through the proxy. */
class Link {
  #client;
  #server;

  constructor(client, server, { up, down }) {
    this.#client = client;
    this.#server = server;
    this.up = new Way(up);
    this.down = new Way(down);
    server.on('error', () => {});
    for (const socket of [client, server]) socket.setNoDelay(true);
    this.ended = Promise.all([
      this.#carry(client, server, this.up),
      this.#carry(server, client, this.down),
    ]);
  }

  cut() {
    for (const socket of [this.#client, this.#server]) socket.resetAndDestroy();
  }

  async #carry(from, to, way) {
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        await way.passable();
        const part = way.take(chunk);
        to.write(part);
        if (part.length < chunk.length) {
          to.destroySoon();
          from.destroy();
          return;
        }
        if (to.writableNeedDrain) await drained(to);
      }
      await way.passable();
      to.end();
    } catch {
      await way.passable();
      this.cut();
    }
  }
}

/** Resolves once `socket` can take more, or has gone. */
async function drained(socket) {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(socket, 'drain', { signal }), once(socket, 'close', { signal })]);
  over.abort();
}

/** One direction of a connection. */
class Way extends EventEmitter {
  #isFrozen = false;
  delayMs = 0;
  bytesLeft = Number.POSITIVE_INFINITY;

  constructor(like = undefined) {
    super();
    if (!like) return;
    this.#isFrozen = like.#isFrozen;
    this.delayMs = like.delayMs;
    this.bytesLeft = like.bytesLeft;
  }

  freeze() {
    this.#isFrozen = true;
  }

  heal() {
    this.#isFrozen = false;
    this.delayMs = 0;
    this.bytesLeft = Number.POSITIVE_INFINITY;
    this.emit('healed');
  }

  /** Resolves once what has come may go on. */
  async passable() {
    if (this.delayMs > 0) await pause(this.delayMs);
    while (this.#isFrozen) await once(this, 'healed');
  }

  /** As much of a chunk as may pass. */
  take(chunk) {
    const part = chunk.subarray(0, this.bytesLeft);
    this.bytesLeft -= part.length;
    return part;
  }
}
