// The express lane: the plain next message of a conversation goes to the listeners, and its text never enters wasm.
import { Glance } from './glance.js';
import { shown, titled } from './message.js';
import { Packets } from './packets.js';
import { print } from './print.js';

/** What the engine does nothing with but pass on, where nobody wants the conversation. */
const IDLE_TYPES = new Set(['message', 'typing', 'presence']);
/** What the engine answers, as `src/web/mod.rs` has it: 0 is no, and more than one is leave for what follows, too. */
const ONE = 1;
const NEXT_NUMBERS = 3;
const NEVER = -1;
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
  #wanted = new Map();
  #bySlot = [];
  #messageListeners;
  #allListeners;
  #followed = new Float64Array(2 * MAX_FOLLOWERS);
  #followedLength = 0;
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
    const place = {
      slot,
      conversationId,
      era: NEVER,
      leave: 0,
      epoch: undefined,
      nextOffset: undefined,
      lastId: '',
      hasFollowers: false,
      isOwing: false,
      shown: [],
    };
    this.#wanted.set(conversationId, place);
    this.#bySlot[slot] = place;
  }

  /** Nobody does any more. */
  unwant(slot) {
    this.#wanted.delete(this.#bySlot[slot]?.conversationId);
    this.#bySlot[slot] = undefined;
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
    if (this.#followedLength > 0) this.#tellFollowed();
    if (!this.#hasPassed && this.#owing.length === 0 && this.#unwanted === 0) return;
    const numbers = [];
    const ids = [];
    for (const place of this.#owing) {
      const { slot, shown } = place;
      for (let at = 0; at < shown.length; at += 2) {
        numbers.push(slot, shown[at]);
        ids.push(shown[at + 1]);
      }
      if (shown.length === 0) {
        numbers.push(slot, Number.NaN);
        ids.push(place.lastId);
      }
      place.shown = [];
      place.isOwing = place.hasFollowers = false;
    }
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
    const place = this.#wanted.get(conversationId);
    if (place) {
      this.#isGlancing = false;
      return type === 'message' && this.#passesAsNext(place, frame);
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

  #passesAsNext(place, frame) {
    const { data } = frame;
    if (frame.replay || typeof data !== 'object' || data === null) return false;
    const id = data[this.#messageId];
    const offset = frame.offset ?? data.offset;
    const epoch = frame.epoch ?? data.epoch;
    if (typeof id !== 'string') return false;
    const hasClientId = data.clientId !== undefined;
    const follows =
      this.#mayFollow(place, offset, epoch, id) && (!hasClientId || this.#knowsClientIds);
    if (follows) this.#follow(place, id);
    else if (!this.#mayPass(place, offset, epoch, id, hasClientId)) return false;
    place.lastId = id;
    place.nextOffset = offset === undefined ? undefined : offset + 1;
    const thread = this.#engine.threadAt(place.slot);
    if (thread?.isShown) this.#show(thread, place, offset, data);
    frame.via = 'socket';
    const event = titled(frame, 'message', place.conversationId);
    this.#messageListeners.call(event);
    this.#allListeners.call(event);
    return true;
  }

  /** Whether the engine has given leave to what follows the last message, and this does. */
  #mayFollow(place, offset, epoch, id) {
    if (place.era !== this.#era || offset !== place.nextOffset || epoch !== place.epoch)
      return false;
    return place.leave === NEXT_NUMBERS || isAfter(id, place.lastId);
  }

  #follow(place, id) {
    const followed = this.#followed;
    followed[this.#followedLength++] = place.slot;
    followed[this.#followedLength++] = print(id);
    if (this.#followedLength === followed.length) this.#tellFollowed();
    place.hasFollowers = true;
    this.#owe(place);
  }

  #mayPass(place, offset, epoch, id, hasClientId) {
    const isNamed = epoch === undefined || (typeof epoch === 'string' && epoch !== '');
    if (!isNamed || !isCountOrNone(offset)) return false;
    if (place.hasFollowers) this.flush();
    const number = offset ?? Number.NaN;
    const { core } = this.#engine;
    // Telling it may have been its end.
    const leave = core?.pass(this.#generation, place.slot, number, epoch ?? '', id, hasClientId);
    if (!leave) return false;
    place.leave = leave;
    place.era = leave === ONE ? NEVER : this.#era;
    place.epoch = epoch;
    if (hasClientId) this.#knowsClientIds = true;
    this.#hasPassed = true;
    return true;
  }

  #show(thread, place, offset, data) {
    place.shown.push(offset ?? Number.NaN, place.lastId);
    this.#owe(place);
    thread.append(shown(this.#messageId, place.conversationId, data, 'received'));
    if (place.shown.length >= 2 * MAX_OWED) this.flush();
  }

  #owe(place) {
    if (!place.isOwing) this.#owing.push(place);
    place.isOwing = true;
  }

  #tellFollowed() {
    const followed = this.#followed.subarray(0, this.#followedLength);
    this.#followedLength = 0;
    this.#engine.core?.followed(followed);
  }
}

/** What a frame means, by the server's own name for it. */
function typesBy(protocol, events) {
  if (protocol !== 'json') return (frame) => events.get(frame.event);
  if (events.size > 0) return (frame) => events.get(frame.type) ?? frame.type;
  return (frame) => frame.type;
}

const beginningOf = (what) => String(what).slice(0, 200);

/** Then it is new where the other was after all that are known. */
const isAfter = (id, other) =>
  id.length > other.length || (id.length === other.length && id > other);

const isCountOrNone = (offset) =>
  offset === undefined || (Number.isSafeInteger(offset) && offset >= 0);
