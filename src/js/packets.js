// The packets of Engine.IO 4 and Socket.IO 5, as socketio/socket.io-protocol and engine.io-protocol describe them.

const OPEN = '0';
const CLOSE = '1';
const PING = '2';
const MESSAGE = '4';
const CONNECT = '0';
const EVENT = '2';
const ACK = '3';
const CONNECT_ERROR = '4';
const BINARY_EVENT = '5';
const BINARY_ACK = '6';
/** An event of the main namespace that wants no answer and has no attachments. */
const PLAIN_EVENT = '42[';
const WITHOUT_MEANING = ['3', '6'];
const HEAD = /^(?:(\d+)-)?(?:(\/[^,]*),)?(\d*)/;
/** No honest packet has more. */
const MAX_ATTACHMENTS = 1_000;

/** What comes over one socket. */
export class Packets {
  #namespace;
  #isMain;
  #recovery;
  #answer;
  #awaiting;
  /** What came before the session began: a server that recovers one sends first what was missed. */
  #early = [];

  /**
   * `recovery` is what the last session may be recovered with, and is kept up to date; `answer(ref, data)` answers
   * an event that wants it.
   */
  constructor(namespace, recovery, answer) {
    this.#namespace = namespace;
    this.#isMain = namespace === '/';
    this.#recovery = recovery;
    this.#answer = answer;
  }

  /** Whether a text that comes now may be the plainest event. */
  get takesPlain() {
    return this.#isMain && !this.#early && !this.#awaiting;
  }

  /** The list that the plainest event is: its name, and what comes with it. Undefined for all else: see `read`. */
  readPlain(data) {
    const isPlain = this.takesPlain && typeof data === 'string';
    if (!isPlain || !data.startsWith(PLAIN_EVENT)) return undefined;
    const args = JSON.parse(data.slice(2));
    if (args.length > 1) this.#keepOffset(args[args.length - 1]);
    return args;
  }

  /** The packets, as the engine takes them, that are complete with this frame. */
  read(data) {
    const packet = typeof data === 'string' ? this.#parse(data) : this.#attach(data);
    if (packet === undefined) return [];
    if (packet.packet === MESSAGE + CONNECT) return [packet, ...this.#begin(packet)];
    if (packet.event === undefined) return [packet];
    if (packet.ref !== undefined) packet.ack = (answer = null) => this.#answer(packet.ref, answer);
    if (this.#early) this.#early.push(packet);
    else this.#keepOffset(lastOf(packet));
    return this.#early ? [] : [packet];
  }

  #begin(packet) {
    const pid = packet.data?.pid;
    const early = this.#early ?? [];
    this.#early = undefined;
    packet.recovered = pid !== undefined && pid === this.#recovery.pid;
    if (!packet.recovered) Object.assign(this.#recovery, { pid, offset: undefined });
    for (const event of early) this.#keepOffset(lastOf(event));
    return early;
  }

  #keepOffset(last) {
    if (typeof last === 'string' && this.#recovery.pid !== undefined) this.#recovery.offset = last;
  }

  #parse(text) {
    if (this.#awaiting) {
      this.#awaiting = undefined;
      throw new TypeError('a packet before the attachments of another');
    }
    if (WITHOUT_MEANING.includes(text)) return undefined;
    const kind = text[0];
    if (kind === MESSAGE) return this.#message(text[1], text.slice(2));
    if (kind === OPEN) return { packet: kind, data: JSON.parse(text.slice(1)) };
    if (text !== CLOSE && text !== PING) throw new TypeError('this is no packet');
    return { packet: kind, data: null };
  }

  #message(kind, text) {
    const [head, attachments, namespace = '/', number] = text.match(HEAD);
    const isOurs = namespace === this.#namespace;
    const rest = text.slice(head.length);
    const body = rest === '' ? null : JSON.parse(rest);
    const ref = number === '' ? undefined : Number(number);
    if (kind === BINARY_EVENT || kind === BINARY_ACK) {
      const count = Number(attachments);
      if (!(count <= MAX_ATTACHMENTS)) throw new TypeError('a packet with too many attachments');
      this.#awaiting = { kind, body, ref, count, isOurs, buffers: [] };
      return count === 0 ? this.#complete() : undefined;
    }
    if (!isOurs && kind !== CONNECT_ERROR) return undefined;
    if (kind === EVENT || kind === ACK) return packetOf(kind, body, ref);
    return { packet: MESSAGE + kind, data: body, namespace };
  }

  #attach(buffer) {
    if (!this.#awaiting) throw new TypeError('an attachment of no packet');
    this.#awaiting.buffers.push(buffer);
    return this.#awaiting.buffers.length === this.#awaiting.count ? this.#complete() : undefined;
  }

  #complete() {
    const { kind, body, ref, isOurs, buffers } = this.#awaiting;
    this.#awaiting = undefined;
    if (!isOurs) return undefined;
    const plain = kind === BINARY_EVENT ? EVENT : ACK;
    return packetOf(plain, withAttachments(body, buffers), ref);
  }
}

function packetOf(kind, body, ref) {
  if (!Array.isArray(body)) throw new TypeError('a packet that is no list');
  if (kind === EVENT) return eventOf(body, ref);
  return { packet: MESSAGE + ACK, ref, data: body[0] };
}

/** An event by the list that it is. */
export function eventOf(args, ref) {
  const packet = { event: args[0], data: args[1] };
  if (args.length > 2) packet.args = args.slice(1);
  if (ref !== undefined) packet.ref = ref;
  return packet;
}

const lastOf = ({ args, data }) => (args ? args.at(-1) : data);

function withAttachments(value, buffers) {
  if (typeof value !== 'object' || value === null) return value;
  if (value._placeholder === true) {
    const buffer = buffers[value.num];
    if (buffer === undefined) throw new TypeError('a packet without its attachment');
    return buffer;
  }
  for (const [name, inner] of Object.entries(value)) value[name] = withAttachments(inner, buffers);
  return value;
}

/** What stands for a value with buffers in it, before those; undefined if there are none. */
export function pack(value) {
  const buffers = [];
  const packed = withPlaceholders(value, buffers);
  return buffers.length > 0 ? [packed, ...buffers] : undefined;
}

function withPlaceholders(value, buffers) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((inner) => withPlaceholders(inner, buffers));
  // Realms differ in whose buffers they are.
  const isBuffer = Object.prototype.toString.call(value) === '[object ArrayBuffer]';
  if (isBuffer || ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const bytes = new Uint8Array(isBuffer ? value : buffer, byteOffset, byteLength);
    return { _placeholder: true, num: buffers.push(bytes) - 1 };
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, withPlaceholders(inner, buffers)]),
  );
}
