// The express lane: the plain next message of a conversation goes to the listeners, and its text never enters wasm.
import { Glance } from './glance.js';
import { shown, titled } from './message.js';
import { Packets } from './packets.js';
import { NO_NUMBER, Places } from './places.js';

/** What the engine does nothing with but pass on, where nobody wants the conversation. */
const IDLE_TYPES = new Set(['message', 'typing', 'presence']);
/** What the engine answers, as `src/web/mod.rs` has it: 0 is no, and more than one is leave for what follows, too. */
const ONE = 1;
const NEXT_NUMBERS = 3;
const NOTHING = [];
/** So many may follow until the engine is told of them. */
const MAX_FOLLOWERS = 256;
/** The engine hears of this many messages of a shown conversation at once, at the latest. */
const MAX_OWED = 64;

/** The way of all that comes over the sockets of one client. The engine says what may pass, for one or for a row. */
export class Lane {
  #engine;
  #messageId;
  #takesBatches;
  #isPackets;
  #namespace;
  #typeOf;
  /** The slots of the conversations that somebody wants, and their names by slot. */
  #wanted = new Map();
  #names = [];
  #places = new Places();
  #epochs = [];
  /** What the engine is to be told of messages that are shown, by slot: number and id of each. */
  #shown = new Map();
  #messageListeners;
  #allListeners;
  /** What followed: slots and the lengths of ids in turn, and the ids. */
  #followed = new Uint32Array(2 * MAX_FOLLOWERS);
  #followedIds = [];
  #owing = [];
  #hasPassed = false;
  #unwanted = 0;
  #glance;
  /** The last message was one that nobody wants: the next may be another. */
  #isGlancing = false;
  /** Rises with every input of the engine: leave that it gave holds from one to the next. */
  #era = 0;
  #knowsClientIds = false;
  #generation = 0;
  /** The last message told: code that is compiled for its shape is thrown away when nothing of that shape is left. */
  told;
  /** What came last; its moment is read when it is told, for that costs as much as the rest of the lane. */
  #lastEvent;

  constructor(engine, { protocol, namespace, events, messageId }) {
    this.#engine = engine;
    this.#messageId = messageId;
    this.#takesBatches = protocol === 'json';
    this.#isPackets = protocol === 'socket.io';
    this.#namespace = namespace;
    this.#glance = new Glance(protocol);
    this.#typeOf = typesBy(protocol, new Map(Object.entries(events)));
    this.#messageListeners = engine.client.listeners('message');
    this.#allListeners = engine.client.listeners('*');
  }

  /** Somebody wants a conversation. */
  want(slot, conversationId) {
    this.#wanted.set(conversationId, slot);
    this.#names[slot] = conversationId;
    this.#epochs[slot] = undefined;
    this.#places.open(slot);
  }

  /** Nobody does any more. */
  unwant(slot) {
    this.#wanted.delete(this.#names[slot]);
    this.#names[slot] = undefined;
  }

  /** What a Socket.IO server needs to know of the last session, to go on with it. */
  recovery = { pid: undefined, offset: undefined };

  /** The `onmessage` of one socket. */
  receiver(generation) {
    const { instance } = this.#engine;
    const packets = this.#isPackets && this.#packets(generation);
    const read = (event) => this.#read(generation, event, packets);
    return (event) => instance.enter(read, event);
  }

  #packets(generation) {
    const answer = (ref, data) => this.#engine.answer(generation, ref, data);
    return new Packets(this.#namespace, this.recovery, answer);
  }

  /** Tells the engine what has passed. Whoever enters it does this first. */
  flush() {
    this.#era++;
    if (this.#followedIds.length > 0) this.#tellFollowed();
    if (!this.#hasPassed && this.#owing.length === 0 && this.#unwanted === 0) return;
    const numbers = [];
    const ids = [];
    for (const slot of this.#owing) {
      for (const [offset, id] of this.#shown.get(slot) ?? [
        [NO_NUMBER, this.#places.lastId(slot)],
      ]) {
        numbers.push(slot, offset);
        ids.push(id);
      }
      this.#places.settle(slot);
    }
    this.#shown.clear();
    const unwanted = this.#unwanted;
    const heardAtMs = this.#lastEvent.timeStamp || performance.now();
    this.#owing = [];
    this.#unwanted = 0;
    this.#hasPassed = false;
    this.#engine.core?.passed(this.#generation, heardAtMs, unwanted, numbers, ids);
  }

  #read(generation, event, packets) {
    const { data } = event;
    let frame;
    let several;
    try {
      if (packets) {
        several = packets.read(data);
      } else {
        if (typeof data !== 'string') throw new TypeError('a binary frame');
        if (this.#isGlancing && this.#isOfNobody(data)) {
          several = NOTHING;
          this.#unwanted++;
        } else {
          frame = JSON.parse(data);
          if (frame?.type === 'batch' && this.#takesBatches && Array.isArray(frame.frames))
            several = frame.frames;
        }
      }
    } catch (error) {
      this.flush();
      const problem = beginningOf(error?.message ?? error);
      this.#engine.core?.receiveBad(generation, problem, beginningOf(data));
      return;
    }
    if (generation !== this.#generation) this.flush();
    this.#generation = generation;
    this.#lastEvent = event;
    if (several) for (const inner of several) this.#take(inner);
    else this.#take(frame);
  }

  #take(frame) {
    // A listener may have closed the client in the midst of a batch.
    if (!this.#engine.core || this.#passes(frame)) return;
    this.flush();
    this.#engine.core?.receive(this.#generation, frame);
  }

  #passes(frame) {
    const conversationId = frame?.conversationId ?? frame?.data?.conversationId;
    if (typeof conversationId !== 'string') return false;
    const type = this.#typeOf(frame);
    const slot = this.#wanted.get(conversationId);
    if (slot !== undefined) {
      this.#isGlancing = false;
      return type === 'message' && this.#passesAsNext(slot, conversationId, frame);
    }
    if (!IDLE_TYPES.has(type) || this.#engine.hears(type)) return false;
    this.#unwanted++;
    if (type === 'message') {
      this.#isGlancing = true;
      this.#glance.learn(this.#lastEvent.data);
    }
    return true;
  }

  /** Whether a glance tells that this is a message that nobody wants. */
  #isOfNobody(text) {
    if (this.#messageListeners.size + this.#allListeners.size > 0) return false;
    const conversationId = this.#glance.conversationOf(text);
    return conversationId !== undefined && !this.#wanted.has(conversationId);
  }

  #passesAsNext(slot, conversationId, frame) {
    const { data } = frame;
    if (frame.replay || typeof data !== 'object' || data === null) return false;
    const id = data[this.#messageId];
    const number = frame.offset ?? data.offset;
    const epoch = frame.epoch ?? data.epoch;
    if (typeof id !== 'string' || number < 0) return false;
    const offset = number ?? NO_NUMBER;
    const hasClientId = data.clientId !== undefined;
    const mayPass =
      this.#follows(slot, offset, epoch, id, hasClientId) ||
      this.#mayPass(slot, offset, epoch, id, hasClientId);
    if (!mayPass) return false;
    const thread = this.#engine.threadAt(slot);
    if (thread?.isShown) this.#show(thread, slot, offset, id, data);
    frame.via = 'socket';
    const event = titled(frame, 'message', conversationId);
    this.#messageListeners.call(event);
    this.#allListeners.call(event);
    this.told = event;
    return true;
  }

  /** Whether the engine has given leave to what follows the last message, and this does. */
  #follows(slot, offset, epoch, id, hasClientId) {
    if ((hasClientId && !this.#knowsClientIds) || epoch !== this.#epochs[slot]) return false;
    if (!this.#places.follow(slot, this.#era, offset, id)) return false;
    const at = 2 * this.#followedIds.push(id);
    this.#followed[at - 2] = slot;
    this.#followed[at - 1] = id.length;
    if (at === this.#followed.length) this.#tellFollowed();
    this.#owe(slot);
    return true;
  }

  #mayPass(slot, offset, epoch, id, hasClientId) {
    const isNamed = epoch === undefined || (typeof epoch === 'string' && epoch !== '');
    if (!isNamed || !Number.isSafeInteger(offset)) return false;
    if (this.#places.hasFollowers(slot)) this.flush();
    const { core } = this.#engine;
    // Telling it may have been its end.
    const leave = core?.pass(this.#generation, slot, offset, epoch ?? '', id, hasClientId);
    if (!leave) return false;
    if (leave === ONE) this.#places.forbid(slot);
    else this.#places.allow(slot, this.#era, leave === NEXT_NUMBERS, offset, id);
    this.#epochs[slot] = epoch;
    if (hasClientId) this.#knowsClientIds = true;
    this.#hasPassed = true;
    return true;
  }

  #show(thread, slot, offset, id, data) {
    const shownHere = this.#shown.get(slot) ?? [];
    if (shownHere.push([offset, id]) === 1) this.#shown.set(slot, shownHere);
    this.#owe(slot);
    thread.append(shown(this.#messageId, thread.id, data, 'received'));
    if (shownHere.length >= MAX_OWED) this.flush();
  }

  #owe(slot) {
    if (this.#places.owe(slot)) this.#owing.push(slot);
  }

  #tellFollowed() {
    const ids = this.#followedIds;
    this.#followedIds = [];
    this.#engine.core?.followed(this.#followed.subarray(0, 2 * ids.length), ids.join(''));
  }
}

/** What a frame means, by the server's own name for it. */
function typesBy(protocol, events) {
  if (protocol !== 'json') return (frame) => events.get(frame.event);
  if (events.size > 0) return (frame) => events.get(frame.type) ?? frame.type;
  return (frame) => frame.type;
}

const beginningOf = (what) => String(what).slice(0, 200);
