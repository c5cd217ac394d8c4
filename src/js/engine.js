// What runs a client once it is loaded: the module's engine, and what it does to the client's stores.
// Neither this nor what it imports imports anything that is there before: bundlers make two files of it all, not three.
import { toConfig, withDefaults } from './config.js';
import { readDump } from './dump.js';
import { frames } from './frames.js';
import { createHost } from './host.js';
import { Core, instance } from './instance.js';
import { Lane } from './lane.js';
import { List } from './list.js';
import { watchPage } from './page.js';
import { Thread } from './thread.js';

export { start } from './instance.js';

/** What holds a conversation that has listeners. */
const STORE_HOLDER = 1;

/** The engine of one client. */
export class Engine {
  core;
  client;
  options;
  userId;
  lane;
  list;
  instance = instance();
  longPolling;
  /** The ids of the conversations that were opened, by the core's numbers for them. */
  #ids = [];
  /** What is shown of each: its thread, or where the application has not asked for it, merely what is known. */
  #known = [];
  #threads = new Map();
  #loads = new Map();
  #watch = new AbortController();

  /** `longPolling()` brings in what stands in for sockets where none opens. */
  constructor(client, longPolling) {
    this.longPolling = longPolling;
    const options = withDefaults({ ...client.options, socketUrl: client.socketUrl });
    this.options = options;
    this.client = client;
    this.userId = options.userId;
    this.lane = new Lane(this, options);
    this.list = new List(client.list);
    client.notifier.schedule = frames();
    // The core tells what changes from here on.
    client.show({ phase: 'idle', attempt: 0, retryAt: null, error: null });
    this.instance.settle(this);
    this.instance.enter(() => {
      const { numbers, ...words } = toConfig(options);
      this.core = new Core(createHost(this), words, numbers);
      watchPage((fact) => this.enter(({ core }) => core.page(fact)), this.#watch.signal);
    });
  }

  /** Every way into the engine but the lane's own: what the lane owes it goes first. */
  enter(call) {
    return this.instance.enter(() => {
      this.lane.flush();
      return call(this);
    });
  }

  /** Tells the engine what the lane owes it. */
  flush() {
    this.enter(() => {});
  }

  /** Whether anybody listens to events of this type. */
  hears(type) {
    const { client } = this;
    return client.listeners(type).size + client.listeners('*').size > 0;
  }

  /** The id of an opened conversation. */
  idAt(slot) {
    return this.#ids[slot];
  }

  /** What is shown in a conversation that the application has asked for. */
  threadAt(slot) {
    const known = this.#known[slot];
    return known instanceof Thread ? known : undefined;
  }

  /** Something else is the case in a conversation. */
  assign(slot, changes) {
    const known = this.#attach(slot) ?? changes;
    if (known instanceof Thread) known.assign(changes);
    // Of very many conversations nothing else is known than this, which is kept once.
    else this.#known[slot] = covers(changes, known) ? changes : { ...known, ...changes };
  }

  /** The application has just asked for this conversation. */
  introduce({ id }) {
    const slot = this.lane.slotOf(id);
    if (slot !== undefined) this.#attach(slot);
    if (this.list.get(id)) this.showInfo([id]);
  }

  /** The list has something else on these conversations. */
  showInfo(ids) {
    for (const id of ids) {
      const conversation = this.client.conversations.get(id);
      if (conversation) this.#thread(conversation).assign({ info: this.list.get(id) });
    }
  }

  watch({ id }, isWatched) {
    if (isWatched) this.#show(id);
    this.hold(id, STORE_HOLDER, isWatched);
  }

  hold(id, holder, isHeld) {
    const slot = this.#open(id);
    if (isHeld) this.core.hold(slot, holder);
    else this.core.unhold(slot, holder);
  }

  sendFrame({ number, value, bytes, waitedMs }) {
    this.core.sendRaw(number, value, bytes, waitedMs);
  }

  request({ number, value, bytes, waitedMs }, event, timeoutMs) {
    this.core.request(number, String(event), value, bytes, waitedMs, timeoutMs);
  }

  sendMessage({ number, id, value, bytes, waitedMs }, conversation) {
    this.core.sendMessage(number, this.#show(conversation.id), id, value, bytes, waitedMs);
  }

  /** The answer to a question of the server's; into a socket that is gone it goes nowhere. */
  answer(generation, reference, data) {
    if (this.core) this.enter(() => this.core.answer(generation, reference, data));
  }

  retry({ number, id }, conversation) {
    this.core.retry(this.#open(conversation.id), id, number);
  }

  discard(conversation, clientId) {
    this.core.discard(this.#open(conversation.id), clientId);
  }

  setTyping(conversation, isTyping) {
    this.core.setTyping(this.#open(conversation.id), Boolean(isTyping));
  }

  markRead(conversation) {
    this.core.markRead(this.#open(conversation.id));
  }

  hydrate(conversation, messages) {
    this.core.hydrate(this.#show(conversation.id), messages);
  }

  loadBefore(delivery, conversation, limit) {
    const slot = this.#show(conversation.id);
    this.#loads.set(slot, [...(this.#loads.get(slot) ?? []), delivery]);
    this.core.loadBefore(slot, limit);
  }

  /** The first of those who wait for older messages has them, or never will. */
  loaded(slot, error) {
    const [delivery, ...others] = this.#loads.get(slot) ?? [];
    this.#loads.set(slot, others);
    this.client.settle(delivery, error ? { status: 'failed', data: error } : { status: 'acked' });
  }

  /** The core's number is another conversation's from now on. */
  forget(slot) {
    this.#ids[slot] = this.#known[slot] = undefined;
    this.lane.show(slot, false);
  }

  dump() {
    return readDump(this.core.dump(), Object.keys(this.client.lastDump.stats));
  }

  /** Lets go of everything; gives what was counted. */
  end() {
    const { core } = this;
    const dump = core && this.enter(() => this.dump());
    this.#watch.abort();
    this.instance.leave(this);
    this.core = undefined;
    // The core is still inside its last call here.
    if (core) queueMicrotask(() => core.free());
    return dump;
  }

  /** The instance broke: nothing may be asked of the core any more. */
  trapped(cause) {
    this.#watch.abort();
    try {
      this.core?.letGo();
    } catch {
      // What is broken may break again.
    }
    this.core = undefined;
    const message =
      'talkwire has failed inside; this client is closed. A new one works. Please report this.';
    const error = this.client.error('internal', message, false, { cause });
    this.client.show({ error });
    this.client.report(error);
    this.client.ended();
  }

  /** The core keeps the order of the messages from now on. Gives its number for the conversation. */
  #show(id) {
    const slot = this.#open(id);
    this.#attach(slot);
    this.lane.show(slot, true);
    this.core.view(slot);
    return slot;
  }

  /** Gives the core's number for a conversation. */
  #open(id) {
    const slot = this.core.open(id);
    this.#ids[slot] ??= id;
    return slot;
  }

  /** What is known of a conversation is shown once the application has asked for it. */
  #attach(slot) {
    const known = this.#known[slot];
    const conversation = this.client.conversations.get(this.#ids[slot]);
    if (!conversation || known instanceof Thread) return known;
    const thread = this.#thread(conversation);
    if (known) thread.assign(known);
    this.#known[slot] = thread;
    return thread;
  }

  #thread(conversation) {
    const thread = this.#threads.get(conversation) ?? new Thread(this, conversation);
    this.#threads.set(conversation, thread);
    return thread;
  }
}

/** Whether of what is known nothing is left after these changes. */
const covers = (changes, known) => Object.keys(known).every((name) => name in changes);
