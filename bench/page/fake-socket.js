// Stands in for the page's WebSocket, so that only the client's own work is measured. Loaded first: some libraries
// look for WebSocket while they are loaded themselves.

/** The server that every socket reaches, and what went over the wire. */
export const wire = {
  server: null,
  socket: null,
  framesSent: 0,
  bytesSent: 0,
  /** The time that the server itself has taken, which is not the client's. */
  serverMs: 0,
};

class FakeSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;

  CONNECTING = 0;
  OPEN = 1;
  CLOSING = 2;
  CLOSED = 3;
  readyState = 0;
  binaryType = 'blob';
  bufferedAmount = 0;
  extensions = '';
  protocol = '';
  onopen = null;
  onmessage = null;
  onclose = null;
  onerror = null;
  #listeners = new Map();
  #arriving = [];
  #arrival = new MessageChannel();

  constructor(url) {
    this.url = String(url);
    wire.socket = this;
    this.#arrival.port1.onmessage = () => this.#arrive();
    this.#later(() => {
      this.readyState = FakeSocket.OPEN;
      this.#serve(() => wire.server.opened(this.reply));
      this.tell(new Event('open'));
    });
  }

  /** What the server sends arrives in a task of its own, as from a network. */
  reply = (text) => this.#later(() => this.tell(new MessageEvent('message', { data: text })));

  send(text) {
    wire.framesSent += 1;
    wire.bytesSent += text.length;
    this.#serve(() => wire.server.heard(text, this.reply));
  }

  close(code = 1000, reason = '') {
    if (this.readyState >= FakeSocket.CLOSING) return;
    this.readyState = FakeSocket.CLOSING;
    this.#later(() => this.end(code, reason));
  }

  /** The connection is over, for whatever reason. */
  end(code, reason = '') {
    this.readyState = FakeSocket.CLOSED;
    this.tell(new CloseEvent('close', { code, reason, wasClean: code === 1000 }));
  }

  /** Whether everything has arrived that the server sent. */
  get isQuiet() {
    return this.#arriving.length === 0;
  }

  addEventListener(type, listener) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  removeEventListener(type, listener) {
    const others = this.#listeners.get(type)?.filter((other) => other !== listener);
    this.#listeners.set(type, others ?? []);
  }

  tell(event) {
    this[`on${event.type}`]?.(event);
    for (const listener of this.#listeners.get(event.type) ?? []) listener.call(this, event);
  }

  /** As `tell` of so many messages, without looking up whom to tell for each; resolves when all is done about them. */
  async tellAll(events) {
    const listeners = [this.onmessage, ...(this.#listeners.get('message') ?? [])].filter(Boolean);
    const [only] = listeners;
    if (listeners.length !== 1) throw new Error(`${listeners.length} listeners for messages`);
    for (let start = 0; start < events.length; start += MICROTASKS_EVERY) {
      const end = Math.min(start + MICROTASKS_EVERY, events.length);
      for (let index = start; index < end; index++) only.call(this, events[index]);
      // Some clients tell of a message in a microtask.
      await undefined;
    }
    // … or in a chain of them.
    await new Promise((resolve) => this.#later(resolve));
  }

  #later(arrive) {
    this.#arriving.push(arrive);
    if (this.#arriving.length === 1) this.#arrival.port2.postMessage(null);
  }

  #arrive() {
    const arrived = this.#arriving;
    this.#arriving = [];
    for (const arrive of arrived) arrive();
  }

  #serve(work) {
    const started = performance.now();
    work();
    wire.serverMs += performance.now() - started;
  }
}

const MICROTASKS_EVERY = 50;

globalThis.WebSocket = FakeSocket;
