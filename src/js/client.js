// The client: usable at once; what is asked of it before the engine is there is done when it is.
import { Conversations } from './conversations.js';
import { copyOf, delivery, newId, result } from './delivery.js';
import { TalkwireError } from './error.js';
import { createHost, errorEvent } from './host.js';
import { Lane } from './lane.js';
import { ConversationList } from './list.js';
import { canRun, instance, whenLoaded } from './load.js';
import { checkRequest, toConfig } from './options.js';
import { callSafely, Notifier, Store } from './store.js';
import { Waiting } from './waiting.js';

const IDLE = connection({ phase: 'idle', transport: null, attempt: 0, retryAt: null, error: null });
/** What the engine's own would show before anything happened (src/engine/stats.rs; a test compares them). */
const NO_STATS = Object.freeze({
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
});
const NO_DUMP = { stats: NO_STATS, transitions: [], wanted: 0, confirmed: 0, outbox: 0 };
/** Who holds a conversation: the client itself, its stores, and from here on hooks. */
const RAW_HOLDER = 0;
const STORE_HOLDER = 1;
const FIRST_HOOK_HOLDER = 2;
const NOBODY = [];

const parts = new WeakMap();

/** What the hooks use of a client beyond its public side. */
export const internals = (client) => parts.get(client);

/** Makes a client from checked options. */
export function create(options) {
  const engine = new Engine(options);
  const client = {
    connect: () => engine.do((core) => core.connect()),
    disconnect: () => engine.do((core) => core.disconnect()),
    close: () => engine.close(),
    connection: engine.connection,
    conversations: engine.list,
    agents: engine.agents,
    conversation: (id) => engine.conversations.get(id),
    on: (type, listener) => engine.on(type, listener),
    send: (frame) => engine.sendFrame(frame, RAW_HOLDER),
    request: (event, data, how) => engine.request(event, data, how),
    stats: () => engine.read((core) => core.stats()) ?? engine.lastDump.stats,
    dump: () => engine.read((core) => core.dump()) ?? structuredClone(engine.lastDump),
  };
  parts.set(client, {
    acquire: () => engine.do((core) => core.acquire()),
    release: () => engine.do((core) => core.release()),
    onEnded: (listener) => engine.endListeners.push(listener),
    newHolder: () => engine.newHolder(),
  });
  return Object.freeze(client);
}

class Engine {
  core;
  userId;
  agents;
  connection;
  conversations;
  lane;
  list;
  endListeners = [];
  instance;
  /** What the engine counted up to its end. */
  lastDump = NO_DUMP;
  #options;
  #notifier = new Notifier();
  #waiting;
  #isLoading = false;
  #isOver = false;
  #listeners = new Map();
  #deliveries = new Map();
  #loads = new Map();
  #lastDelivery = 0;
  #lastHolder = FIRST_HOOK_HOLDER;

  constructor(options) {
    this.#options = options;
    this.userId = options.userId;
    this.#waiting = new Waiting(options.outbox, (number, reason) =>
      this.settle(number, { status: 'dropped', reason }),
    );
    this.connection = new Store(this.#notifier, IDLE);
    this.agents = new Store(this.#notifier, Object.freeze(new Map()));
    this.list = new ConversationList(this.#notifier, this);
    this.conversations = new Conversations(this.#notifier, this);
    this.lane = new Lane(this, options.messageId);
  }

  /** Calls into the engine, now or when it is there. */
  do(call) {
    if (this.#isOver || !canRun()) return undefined;
    if (this.core) return this.enter(() => call(this.core));
    this.#waiting.add(call);
    this.#load();
    return undefined;
  }

  /** As `do`, but only if the engine is there. */
  read(call) {
    return this.core && this.enter(() => call(this.core));
  }

  /** Tells the engine what the lane owes it. */
  flush() {
    if (this.core) this.enter(() => {});
  }

  /** Every way into the engine but the lane's own: what the lane owes it goes first. */
  enter(entry) {
    return this.instance.enter(() => {
      this.lane.flush();
      return entry();
    });
  }

  /** Calls into the engine about one conversation. */
  call(conversation, call) {
    return this.do((core) => call(core, this.conversations.slotOf(conversation, core)));
  }

  join(conversation) {
    this.call(conversation, (core, slot) => {
      conversation.isShown = true;
      core.view(slot);
      core.hold(slot, STORE_HOLDER);
    });
  }

  leave(conversation) {
    this.call(conversation, (core, slot) => core.unhold(slot, STORE_HOLDER));
  }

  watchList(isWatched) {
    this.do((core) => core.watchList(isWatched));
  }

  on(type, listener) {
    const entry = { listener };
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), entry]);
    return () => {
      const others = this.#listeners.get(type)?.filter((other) => other !== entry);
      if (others) this.#listeners.set(type, others);
    };
  }

  /** Whether anybody listens to events of this type. */
  hears(type) {
    return Boolean(this.#listeners.get(type)?.length || this.#listeners.get('*')?.length);
  }

  emit(event) {
    for (const { listener } of this.#listeners.get(event.type) ?? NOBODY)
      callSafely(listener, event);
    for (const { listener } of this.#listeners.get('*') ?? NOBODY) callSafely(listener, event);
  }

  sendMessage(conversation, content) {
    const id = newId();
    const sent = copyOf(content);
    return this.#deliver(id, sent, this.#options.outbox.messageTtlMs, (core, number, waitedMs) => {
      const slot = this.conversations.slotOf(conversation, core);
      conversation.isShown = true;
      core.view(slot);
      core.sendMessage(number, slot, id, sent.value, sent.bytes, waitedMs);
    });
  }

  retry(conversation, clientId) {
    return this.#deliver(clientId, { bytes: 0 }, Infinity, (core, number) =>
      core.retry(this.conversations.slotOf(conversation, core), clientId, number),
    );
  }

  /** A raw frame; subscribe and unsubscribe frames join the bookkeeping under `holder`. */
  sendFrame(frame, holder) {
    const sent = copyOf(frame);
    const { type, conversationId } = sent.value ?? {};
    const isWish = type === 'subscribe' || type === 'unsubscribe';
    if (!isWish || conversationId === undefined) {
      return this.#deliver(newId(), sent, this.#options.outbox.ttlMs, (core, number, waitedMs) =>
        core.sendRaw(number, sent.value, sent.bytes, waitedMs),
      );
    }
    const conversation = this.conversations.get(conversationId);
    this.call(conversation, (core, slot) =>
      type === 'subscribe' ? core.hold(slot, holder) : core.unhold(slot, holder),
    );
    return delivery(newId(), Promise.resolve(result('sent')), () => false);
  }

  /** Asks the server; resolves to its answer. */
  async request(event, data = null, options = {}) {
    const { timeoutMs, signal } = checkRequest(options);
    signal?.throwIfAborted();
    const sent = copyOf(data);
    if (sent.error) throw sent.error;
    const asked = this.#deliver(newId(), sent, timeoutMs, (core, number, waitedMs) =>
      core.request(number, String(event), sent.value, sent.bytes, waitedMs, timeoutMs),
    );
    const abort = () => asked.cancel();
    signal?.addEventListener('abort', abort, { once: true });
    const { status, reason, data: answer } = await asked.result;
    signal?.removeEventListener('abort', abort);
    if (status === 'acked') return answer;
    if (status === 'failed') throw answer;
    if (reason === 'cancelled') throw signal.reason;
    const isLate = reason === 'expired';
    const message = `The request was not answered: ${reason}.`;
    throw new TalkwireError(isLate ? 'timeout' : reason, message, isLate || reason === 'overflow');
  }

  newHolder() {
    const holder = this.#lastHolder++;
    return {
      send: (frame) => this.sendFrame(frame, holder),
      release: () => this.do((core) => core.unholdAll(holder)),
    };
  }

  loadBefore(conversation, limit) {
    if (this.#isOver || !canRun()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const waiting = this.#loads.get(conversation) ?? [];
      this.#loads.set(conversation, [...waiting, { resolve, reject }]);
      this.call(conversation, (core, slot) => {
        conversation.isShown = true;
        core.view(slot);
        core.loadBefore(slot, limit);
      });
    });
  }

  loaded(slot, error) {
    const conversation = this.conversations.bySlot(slot);
    const [first, ...others] = this.#loads.get(conversation) ?? [];
    this.#loads.set(conversation, others);
    if (error) first?.reject(error);
    else first?.resolve();
  }

  settle(number, { status, reason, data }) {
    const settle = this.#deliveries.get(number);
    this.#deliveries.delete(number);
    settle?.(result(status, reason, data));
  }

  setConnection(next) {
    // A broken instance may not have noticed yet that it is.
    if (!this.#isOver) this.connection.set(connection(next));
  }

  showInfo(ids) {
    for (const id of ids) this.conversations.find(id)?.assign({ info: this.list.get(id) });
  }

  close() {
    if (this.#isOver) return;
    if (this.core) this.enter(() => this.core.close());
    else this.ended();
  }

  /** The engine has ended, or will never begin. */
  ended() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.lastDump = this.read((core) => core.dump()) ?? this.lastDump;
    this.instance?.leave(this);
    this.#waiting.takeAll();
    for (const settle of this.#deliveries.values()) settle(result('dropped', 'closed'));
    this.#deliveries.clear();
    const { error } = this.connection.getSnapshot();
    const end = { phase: 'closed', transport: null, attempt: 0, retryAt: null, error };
    this.connection.set(connection(end));
    const reason = new TalkwireError('closed', 'The client was closed.');
    for (const load of [...this.#loads.values()].flat()) load.reject(reason);
    this.#loads.clear();
    const core = this.core;
    this.core = undefined;
    // The engine is still inside its last call here.
    if (core) queueMicrotask(() => core.free());
    for (const listener of this.endListeners) callSafely(listener);
  }

  /** The instance broke: nothing may be asked of the engine any more. */
  trapped(cause) {
    try {
      this.core?.letGo();
    } catch {
      // What is broken may break again.
    }
    this.core = undefined;
    const message =
      'talkwire has failed inside; this client is closed. A new one works. Please report this.';
    const error = new TalkwireError('internal', message, false, { cause });
    this.connection.set(Object.freeze({ ...this.connection.getSnapshot(), error }));
    this.emit(errorEvent(error));
    this.ended();
  }

  #load() {
    if (this.#isLoading) return;
    this.#isLoading = true;
    const show = (changes) => this.setConnection({ ...this.connection.getSnapshot(), ...changes });
    let attempt = 0;
    whenLoaded({
      ready: (Core) => this.#begin(Core),
      failed: (error, retryAt) => {
        attempt += 1;
        show({ phase: 'waiting', attempt, retryAt, error });
        this.emit(errorEvent(error));
      },
      retrying: () => show({ phase: 'connecting', retryAt: null }),
      isWanted: () => !this.#isOver,
    });
  }

  #begin(Core) {
    this.instance = instance();
    this.instance.settle(this);
    // The engine tells what changes from here on.
    this.setConnection(IDLE);
    const options = this.#options;
    this.instance.enter(() => {
      const settings = { ...toConfig(options), messageId: options.messageId };
      this.core = new Core(createHost(this, options), settings);
    });
    for (const call of this.#waiting.takeAll()) this.do(call);
  }

  /** Hands over what may wait for `ttlMs`, now or when the engine is there. */
  #deliver(id, sent, ttlMs, call) {
    const number = ++this.#lastDelivery;
    if (sent.error) {
      this.emit(errorEvent(sent.error));
      return delivery(id, Promise.resolve(result('dropped', 'rejected')), () => false);
    }
    if (this.#isOver || !canRun()) {
      const reason = this.#isOver ? 'closed' : 'unsupported';
      return delivery(id, Promise.resolve(result('dropped', reason)), () => false);
    }
    const settled = new Promise((settle) => this.#deliveries.set(number, settle));
    if (this.core) {
      this.enter(() => call(this.core, number, 0));
    } else {
      this.#waiting.addSend(number, sent.bytes, ttlMs, (core, waitedMs) =>
        call(core, number, waitedMs),
      );
      this.#load();
    }
    return delivery(id, settled, () => this.#cancel(number));
  }

  #cancel(number) {
    if (this.core) return Boolean(this.enter(() => this.core.cancel(number)));
    return this.#waiting.drop(number, 'cancelled');
  }
}

function connection({ phase, transport, attempt, retryAt, error }) {
  const isConnected = transport !== null;
  return Object.freeze({ phase, transport, isConnected, attempt, retryAt, error });
}
