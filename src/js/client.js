// The client: usable at once; what is asked of it before the engine is there is done when it is.
import { openEarly, socketUrl } from './address.js';
import { Conversation } from './conversation.js';
import { copyOf, newId } from './delivery.js';
import { TalkwireError } from './error.js';
import { Listeners } from './listeners.js';
import { canRun, load, longPolling, retryDelayMs } from './load.js';
import { checkRequest } from './options.js';
import { Notifier, Store } from './store.js';
import { Waiting } from './waiting.js';

const NOTHING = Object.freeze([]);
/** A connection that nobody has asked for. */
export const IDLE = Object.freeze({
  phase: 'idle',
  transport: null,
  isConnected: false,
  attempt: 0,
  retryAt: null,
  error: null,
});
/** What the engine's own would be before anything happened; the counters in the order of src/engine/stats.rs. */
const NO_DUMP = {
  stats: {
    attempts: 0,
    sessions: 0,
    framesReceived: 0,
    framesSent: 0,
    events: 0,
    duplicates: 0,
    late: 0,
    gaps: 0,
    recovered: 0,
    polls: 0,
    posts: 0,
    sends: 0,
    dropped: 0,
    errors: 0,
  },
  transitions: [],
  wanted: 0,
  confirmed: 0,
  outbox: 0,
};
/** Who holds a conversation: the client itself, its stores (engine.js), and hooks. */
const RAW_HOLDER = 0;
const LAST_OWN_HOLDER = 1;
const REQUEST_TIMEOUT_MS = 10_000;

const insides = new WeakMap();

/** What the hooks use of a client beyond its public side. */
export const inside = (client) => insides.get(client);

/** Makes a client from checked options. */
export function create(options) {
  const inner = new Client(options);
  const { connection, list, agents } = inner;
  const client = Object.freeze({
    connect: () => inner.connect(),
    disconnect: () => inner.disconnect(),
    close: () => inner.close(),
    connection,
    conversations: list,
    agents,
    conversation: (id) => inner.conversation(id),
    on: (type, listener) => inner.listeners(type).add(listener),
    send: (frame) => inner.sendFrame(frame, RAW_HOLDER),
    request: (event, data, how) => inner.request(event, data, how),
    stats: () => inner.dump().stats,
    dump: () => inner.dump(),
  });
  insides.set(client, inner);
  return client;
}

class Client {
  options;
  /** From when it is loaded to the end. */
  engine;
  /** For the engine, which imports nothing that is there before it. */
  socketUrl = socketUrl;
  /** The `url` as it is now: where several share a client, the latest (share.js). */
  address;
  isOver = false;
  endListeners = new Listeners();
  notifier = new Notifier();
  connection = new Store(this.notifier, IDLE);
  agents = new Store(this.notifier, new Map());
  list = new Store(this.notifier, NOTHING);
  conversations = new Map();
  /** What the engine counted up to its end. */
  lastDump = NO_DUMP;
  #waiting;
  #loading;
  /** The socket that the engine will go on with; null once it was tried. */
  #early;
  #listeners = new Map();
  #deliveries = new Map();
  #lastDelivery = 0;
  #lastHolder = LAST_OWN_HOLDER;

  constructor(options) {
    this.options = options;
    this.address = options.url;
    this.#waiting = new Waiting(options.outbox, (number, reason) => this.#drop(number, reason));
    this.list.watched = (isWatched) => {
      if (isWatched) this.autoConnect();
      this.do(({ core }) => core.watchList(isWatched));
    };
  }

  connect() {
    this.#dial();
    this.do(({ core }) => core.connect());
  }

  disconnect() {
    this.hangUp();
    this.do(({ core }) => core.disconnect());
  }

  /** What wants a connection is about to be done. */
  autoConnect() {
    if (this.options.autoConnect !== false) this.#dial();
  }

  /** Gives the socket that opened before the engine was there, once. */
  takeEarly() {
    const early = this.#early;
    this.#early = null;
    return early;
  }

  /** Nobody needs that socket. */
  hangUp() {
    this.takeEarly()?.socket.close();
  }

  /** Calls into the engine, now or when it is there. */
  do(call) {
    if (this.engine) this.engine.enter(call);
    if (this.engine || this.#obstacle()) return;
    this.#waiting.add(call);
    this.#loading ??= this.#load();
  }

  dump() {
    return this.engine?.enter((engine) => engine.dump()) ?? structuredClone(this.lastDump);
  }

  conversation(id) {
    const key = String(id);
    let conversation = this.conversations.get(key);
    if (!conversation) {
      conversation = new Conversation(this, key);
      this.conversations.set(key, conversation);
      this.engine?.introduce(conversation);
    }
    return conversation;
  }

  /** Who listens to events of this type. */
  listeners(type) {
    const known = this.#listeners.get(type);
    if (known) return known;
    const listeners = new Listeners();
    this.#listeners.set(type, listeners);
    return listeners;
  }

  emit(event) {
    this.#listeners.get(event.type)?.call(event);
    this.#listeners.get('*')?.call(event);
  }

  /** Tells the listeners what went wrong. */
  report(error, conversationId) {
    this.emit({ type: 'error', conversationId, data: error, error });
  }

  sendMessage(conversation, content) {
    const sent = this.#copyOf(content);
    const call = (engine, send) => engine.sendMessage(send, conversation);
    return this.#deliver(sent, this.options.outbox.messageTtlMs, call);
  }

  retry(conversation, clientId) {
    const call = (engine, send) => engine.retry(send, conversation);
    return this.#deliver({ bytes: 0 }, Infinity, call, clientId);
  }

  /** A raw frame; subscribe and unsubscribe frames join the bookkeeping under `holder`. */
  sendFrame(frame, holder) {
    const sent = this.#copyOf(frame);
    const { event, type = event, data, conversationId = data?.conversationId } = sent.value ?? {};
    const isWish = type === 'subscribe' || type === 'unsubscribe';
    if (!isWish || conversationId === undefined) {
      const call = (engine, send) => engine.sendFrame(send);
      return this.#deliver(sent, this.options.outbox.ttlMs, call);
    }
    // Rather the application's own string than a copy.
    const id = String(frame.conversationId ?? conversationId);
    if (type === 'subscribe') this.autoConnect();
    this.do((engine) => engine.hold(id, holder, type === 'subscribe'));
    const expected = this.#expect();
    this.settle(expected.number, { status: 'sent' });
    return this.#delivery(newId(), expected);
  }

  /** Asks the server; resolves to its answer. */
  async request(event, data = null, options = {}) {
    const { timeoutMs = REQUEST_TIMEOUT_MS, signal } = checkRequest(options);
    signal?.throwIfAborted();
    const sent = this.#copyOf(data);
    if (sent.error) throw sent.error;
    const call = (engine, send) => engine.request(send, event, timeoutMs);
    const { result, cancel } = this.#deliver(sent, timeoutMs, call);
    signal?.addEventListener('abort', cancel, { once: true });
    const outcome = await result;
    signal?.removeEventListener('abort', cancel);
    if (outcome.reason === 'cancelled') throw signal.reason;
    return answer(outcome);
  }

  async loadBefore(conversation, limit) {
    if (this.#obstacle()) return;
    const { number, result } = this.#expect();
    this.do((engine) => engine.loadBefore(number, conversation, limit));
    answer(await result);
  }

  newHolder() {
    return ++this.#lastHolder;
  }

  settle(number, outcome) {
    const settle = this.#deliveries.get(number);
    this.#deliveries.delete(number);
    settle?.(Object.freeze(outcome));
  }

  error(code, message, retryable, options) {
    return new TalkwireError(code, message, retryable, options);
  }

  /** Changes what is shown of the connection. */
  show(changes) {
    const next = Object.freeze({ ...this.connection.getSnapshot(), ...changes });
    this.connection.set(() => next);
  }

  close() {
    if (this.engine) this.do(({ core }) => core.close());
    else this.ended();
  }

  /** The engine has ended, or will never begin. */
  ended() {
    if (this.isOver) return;
    this.isOver = true;
    this.lastDump = this.engine?.end() ?? NO_DUMP;
    this.engine = undefined;
    this.hangUp();
    this.#waiting.takeAll();
    this.show({ phase: 'closed', transport: null, isConnected: false, attempt: 0, retryAt: null });
    for (const number of this.#deliveries.keys()) this.#drop(number, 'closed');
    this.endListeners.call();
  }

  /** Loads what runs clients, however often that takes. */
  async #load() {
    for (let attempt = 1; !this.isOver; attempt++) {
      const { Engine, error } = await load().catch((error) => ({ error }));
      if (this.isOver) return;
      if (Engine) return this.#begin(Engine);
      this.hangUp();
      const delayMs = retryDelayMs(attempt);
      this.show({ phase: 'waiting', attempt, retryAt: Date.now() + delayMs, error });
      this.report(error);
      // The engine keeps all other time; without it only the browser's own timer is left.
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (!this.isOver) this.show({ phase: 'connecting', retryAt: null });
    }
  }

  #begin(Engine) {
    const engine = new Engine(this, longPolling);
    if (this.isOver) return;
    this.engine = engine;
    for (const call of this.#waiting.takeAll()) this.do(call);
    if (this.connection.getSnapshot().phase !== 'connecting') this.hangUp();
  }

  #dial() {
    if (this.#early !== undefined || this.#obstacle()) return;
    this.#early = openEarly(this.options, this.address);
  }

  /** Why nothing can be done, or undefined. */
  #obstacle() {
    if (this.isOver) return 'closed';
    return canRun() ? undefined : 'unsupported';
  }

  /** A number, and what it will be settled with. */
  #expect() {
    const number = ++this.#lastDelivery;
    return { number, result: new Promise((settle) => this.#deliveries.set(number, settle)) };
  }

  /** Hands over what may wait for `ttlMs`, by `call(engine, send)`, now or when the engine is there. */
  #deliver(sent, ttlMs, call, id = newId()) {
    const expected = this.#expect();
    const { number } = expected;
    const handOver = (engine, waitedMs) => call(engine, { ...sent, number, id, waitedMs });
    const obstacle = sent.error ? 'rejected' : this.#obstacle();
    if (sent.error) this.report(sent.error);
    if (obstacle) {
      this.#drop(number, obstacle);
    } else if (this.engine) {
      this.engine.enter((engine) => handOver(engine, 0));
    } else {
      this.autoConnect();
      this.#waiting.addSend(number, sent.bytes, ttlMs, handOver);
      this.#loading ??= this.#load();
    }
    return this.#delivery(id, expected);
  }

  #copyOf(value) {
    return copyOf(value, this.options.protocol === 'socket.io');
  }

  #delivery(id, { number, result }) {
    return Object.freeze({ id, result, cancel: () => this.#cancel(number) });
  }

  #drop(number, reason) {
    this.settle(number, { status: 'dropped', reason });
  }

  #cancel(number) {
    if (this.engine) return this.engine.enter(({ core }) => core.cancel(number)) === true;
    return this.#waiting.drop(number, 'cancelled');
  }
}

/** What a question was answered with; throws what came instead. */
function answer({ status, reason, data }) {
  if (status === 'acked') return data;
  if (status === 'failed') throw data;
  const isLate = reason === 'expired';
  const message = `This was not answered: ${reason}.`;
  throw new TalkwireError(isLate ? 'timeout' : reason, message, isLate || reason === 'overflow');
}
