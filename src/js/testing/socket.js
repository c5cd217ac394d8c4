// A socket as a page has it, whose other end is a fake server.

const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3];

/** The class that stands in for the page's own; `server` is told of every socket, and what it hears. */
export const socketsOf = (server, now) =>
  class FakeSocket {
    static CONNECTING = CONNECTING;
    static OPEN = OPEN;
    static CLOSING = CLOSING;
    static CLOSED = CLOSED;
    readyState = CONNECTING;
    binaryType = 'blob';
    bufferedAmount = 0;
    extensions = '';
    protocol;
    url;
    #listeners = [];

    constructor(url, protocols = []) {
      this.url = new URL(url, globalThis.location?.href).href;
      [this.protocol = ''] = [protocols].flat();
      queueMicrotask(() => {
        if (this.readyState === CONNECTING) server.dialled(this);
      });
    }

    send(text) {
      if (this.readyState === OPEN) server.heard(this, text);
    }

    close(code = 1005, reason = '') {
      this.shut(code, reason);
    }

    addEventListener(type, listener) {
      this.#listeners.push({ type, listener });
    }

    removeEventListener(type, listener) {
      const isOther = (entry) => entry.type !== type || entry.listener !== listener;
      this.#listeners = this.#listeners.filter(isOther);
    }

    /** The server lets it in. */
    open() {
      this.readyState = OPEN;
      this.#tell({ type: 'open' });
    }

    /** The server says something. */
    hear(text) {
      this.#tell({ type: 'message', data: text });
    }

    /** It ends, by whichever side. */
    shut(code, reason = '') {
      if (this.readyState >= CLOSING) return;
      this.readyState = CLOSING;
      server.left(this);
      queueMicrotask(() => {
        this.readyState = CLOSED;
        if (code === 1006) this.#tell({ type: 'error' });
        this.#tell({ type: 'close', code, reason, wasClean: code !== 1006 });
      });
    }

    #tell(event) {
      Object.assign(event, { target: this, currentTarget: this, timeStamp: now() });
      this[`on${event.type}`]?.(event);
      for (const { type, listener } of this.#listeners)
        if (type === event.type) (listener.handleEvent ?? listener).call(this, event);
    }
  };
