// Engine.IO's long-polling in the shape of a WebSocket, until a real one can take over.

const OPEN = '0';
const CLOSE = '1';
const UPGRADE = '5';
const BINARY = 'b';
const PROBE = '2probe';
const PROBED = '3probe';
const BETWEEN = '\x1e';
const IS_PACKET = /^[0-6b]/;

/** Close codes (RFC 6455 section 7.4.1): it broke off, or the server takes nothing so large. */
const BROKEN = 1006;
const TOO_LARGE = 1009;
/** How long what was said last may take to leave, and how much of it may outlive the page. */
const CLOSING_MS = 5_000;
const MAX_KEEPALIVE_BYTES = 60_000;

const utf8 = new TextEncoder();

/** One session: what the server says comes by one GET after another, what is said to it goes by one POST after another. */
export class Socket {
  onopen = null;
  onmessage = null;
  onclose = null;
  #url;
  /** What the server said of the session. */
  #session;
  /** What is to be said, as it is and as a packet. */
  #waiting = [];
  #unsentBytes = 0;
  #aborter = new AbortController();
  #isReading = false;
  #isWriting = false;
  /** A WebSocket waits until nothing is on its way any more. */
  #isPausing = false;
  #isClosed = false;
  /** A WebSocket that may take over, and the one that has. */
  #probe;
  #socket;

  /** `url` is what a WebSocket would be opened to. */
  constructor(url) {
    this.#url = url;
    this.#read();
  }

  get bufferedAmount() {
    return this.#socket ? this.#socket.bufferedAmount : this.#unsentBytes;
  }

  send(data) {
    if (this.#socket) this.#socket.send(data);
    else if (!this.#isClosed)
      this.#push(data, typeof data === 'string' ? data : BINARY + base64(data));
  }

  /** What was said before leaves still. */
  close(code) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropProbe();
    if (this.#socket) {
      silence(this.#socket);
      this.#socket.close(code);
    } else if (this.#session) {
      this.#push(CLOSE, CLOSE);
      setTimeout(() => this.#aborter.abort(), CLOSING_MS);
    } else {
      this.#aborter.abort();
    }
  }

  /** Tries a WebSocket beside it, which takes over if it opens: then `onopen` is called again. */
  upgrade() {
    this.#dropProbe();
    if (this.#isClosed || this.#socket || !this.#session.upgrades?.includes('websocket')) return;
    const probe = new WebSocket(this.#address('websocket'));
    probe.binaryType = 'arraybuffer';
    probe.onopen = () => probe.send(PROBE);
    probe.onclose = () => this.#dropProbe();
    probe.onmessage = ({ data }) => {
      if (data !== PROBED) return this.#dropProbe();
      this.#isPausing = true;
      this.#takeOver();
    };
    this.#probe = probe;
  }

  /** Nothing is on its way over HTTP, and nothing new is while a WebSocket waits for that. */
  #takeOver() {
    if (!this.#isPausing || this.#isReading || this.#isWriting || this.#isClosed) return;
    const socket = this.#probe;
    this.#probe = undefined;
    this.#socket = socket;
    socket.onmessage = (event) => this.onmessage?.(event);
    socket.onclose = ({ code, reason }) => this.#end(code, reason);
    socket.send(UPGRADE);
    for (const { data } of this.#waiting.splice(0)) socket.send(data);
    this.onopen?.();
  }

  /** It goes on over HTTP. */
  #dropProbe() {
    if (!this.#probe) return;
    silence(this.#probe);
    this.#probe.close();
    this.#probe = undefined;
    this.#isPausing = false;
    this.#read();
    this.#write();
  }

  async #read() {
    if (this.#isReading) return;
    this.#isReading = true;
    while (!this.#isPausing && !this.#isClosed) this.#hear(await this.#ask());
    this.#isReading = false;
    this.#takeOver();
  }

  #push(data, packet) {
    const bytes = utf8.encode(packet + BETWEEN).length;
    this.#unsentBytes += bytes;
    this.#waiting.push({ data, packet, bytes });
    this.#write();
  }

  async #write() {
    if (this.#isWriting) return;
    this.#isWriting = true;
    // What is said in one turn leaves together.
    await undefined;
    while (this.#waiting.length > 0 && (!this.#isPausing || this.#isClosed)) {
      const { body, bytes } = this.#payload();
      // What is said last is to outlive the page, as far as browsers let it.
      const keepalive = this.#isClosed && bytes <= MAX_KEEPALIVE_BYTES;
      if (bytes > this.#maxBytes()) this.#end(TOO_LARGE, 'longer than maxPayload');
      else await this.#ask({ method: 'POST', body, keepalive });
      this.#unsentBytes -= bytes;
    }
    this.#isWriting = false;
    if (this.#isClosed) this.#aborter.abort();
    this.#takeOver();
  }

  /** As many packets as one POST may hold, and one at least. */
  #payload() {
    const packets = [this.#waiting.shift()];
    let { bytes } = packets[0];
    while (this.#waiting.length > 0) {
      const more = bytes + this.#waiting[0].bytes;
      if (more > this.#maxBytes()) break;
      bytes = more;
      packets.push(this.#waiting.shift());
    }
    return { body: packets.map(({ packet }) => packet).join(BETWEEN), bytes };
  }

  /** How much the server takes at a time, with what would stand before the next packet. */
  #maxBytes() {
    return (this.#session.maxPayload ?? Infinity) + BETWEEN.length;
  }

  #hear(payload) {
    try {
      for (const packet of payload?.split(BETWEEN) ?? []) this.#hearOne(packet);
    } catch {
      this.#end(BROKEN, 'what answers is no Engine.IO');
    }
  }

  #hearOne(packet) {
    if (this.#isClosed) return;
    if (!IS_PACKET.test(packet)) throw new TypeError('this is no packet');
    if (!this.#session) this.#begin(packet);
    this.onmessage?.({ data: packet[0] === BINARY ? bytesOf(packet.slice(1)) : packet });
  }

  #begin(packet) {
    const session = JSON.parse(packet[0] === OPEN ? packet.slice(1) : '{}');
    if (typeof session.sid !== 'string') throw new TypeError('no session begins');
    this.#session = session;
    this.onopen?.();
  }

  /** The reply; undefined where there is none, and that is the end. Asked so, browsers ask no other server for leave first. */
  async #ask(post) {
    try {
      const { signal } = this.#aborter;
      const reply = await fetch(this.#address('polling'), { ...post, cache: 'no-store', signal });
      const text = await reply.text();
      if (reply.ok) return text;
      this.#end(reply.status === 413 ? TOO_LARGE : BROKEN, `HTTP ${reply.status}`);
    } catch {
      // The browser's own words may show the address, and with it a token.
      this.#end(BROKEN, 'a request failed');
    }
    return undefined;
  }

  #address(transport) {
    const session = this.#session ? `&sid=${encodeURIComponent(this.#session.sid)}` : '';
    const url = this.#url.replace('EIO=4&transport=websocket', `EIO=4&transport=${transport}`);
    return (transport === 'polling' ? url.replace(/^ws/, 'http') : url) + session;
  }

  #end(code, reason) {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#dropProbe();
    this.#aborter.abort();
    this.onclose?.({ code, reason });
  }
}

function silence(socket) {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
}

function base64(bytes) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
