// A server of the json dialect that does as it is told and remembers what it heard.
import { once } from 'node:events';
import { WebSocketServer } from 'ws';

/** Starts one; `hello` is what it says of itself, null for a plain server that says nothing. */
export async function startServer({ hello = { features: ['ping'] } } = {}) {
  const server = new Server(hello);
  await server.start();
  return server;
}

class Server {
  #listener;
  #port = 0;

  /** What it says of itself to whoever comes. */
  hello;
  /** Every frame that came, in order, batches unpacked. */
  frames = [];
  /** How many came over the wire. */
  arrivals = 0;
  /** The path and query of every socket that was ever opened. */
  dialled = [];

  constructor(hello) {
    this.hello = hello;
  }

  get url() {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** The sockets that are open now. */
  get sockets() {
    return [...this.#listener.clients].filter((socket) => socket.readyState === socket.OPEN);
  }

  /** The frames of one type. */
  heard(type) {
    return this.frames.filter((frame) => frame.type === type);
  }

  async start() {
    this.#listener = new WebSocketServer({ host: '127.0.0.1', port: this.#port });
    this.#listener.on('connection', (socket, request) => {
      this.dialled.push(request.url);
      socket.on('message', (text) => this.#hear(JSON.parse(text)));
      if (this.hello) socket.send(JSON.stringify({ type: 'hello', ...this.hello }));
    });
    await once(this.#listener, 'listening');
    this.#port = this.#listener.address().port;
  }

  /** Sends to all. */
  say(frame) {
    for (const socket of this.sockets) socket.send(JSON.stringify(frame));
  }

  /** Ends every connection as a failing network would. */
  drop() {
    for (const socket of this.sockets) socket.terminate();
  }

  async stop() {
    for (const socket of this.#listener.clients) socket.terminate();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #hear(frame) {
    this.arrivals += 1;
    if (frame.type === 'batch') frame.frames.forEach((inner) => void this.frames.push(inner));
    else this.frames.push(frame);
  }
}
