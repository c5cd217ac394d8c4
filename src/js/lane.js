// The express lane: the plain next message of a conversation goes to the listeners, and its text never enters wasm.
import { shown, titled } from './message.js';
import { print } from './print.js';

/** What the engine does nothing with but pass on, where nobody wants the conversation. */
const IDLE_TYPES = new Set(['message', 'typing', 'presence']);
/** The engine hears of this many messages of a shown conversation at once, at the latest. */
const MAX_OWED = 64;

/** The way of all that comes over the sockets of one client. It asks the engine by numbers, and decides nothing. */
export class Lane {
  #engine;
  #messageId;
  #takesBatches;
  #typeOf;
  #wanted = new Map();
  #bySlot = [];
  #owing = [];
  #unwanted = 0;
  #generation = 0;
  /** What came last; its moment is read when it is told, for that costs as much as the rest of the lane. */
  #lastEvent;

  constructor(engine, { protocol, events, messageId }) {
    this.#engine = engine;
    this.#messageId = messageId;
    this.#takesBatches = protocol === 'json';
    this.#typeOf = typesBy(protocol, new Map(Object.entries(events)));
  }

  /** Somebody wants a conversation. */
  want(slot, conversationId) {
    const place = { slot, conversationId, epoch: undefined, epochPrint: Number.NaN, owed: [] };
    this.#wanted.set(conversationId, place);
    this.#bySlot[slot] = place;
  }

  /** Nobody does any more. */
  unwant(slot) {
    this.#wanted.delete(this.#bySlot[slot]?.conversationId);
    this.#bySlot[slot] = undefined;
  }

  /** The `onmessage` of one socket. */
  receiver(generation) {
    const { instance } = this.#engine;
    const read = (event) => this.#read(generation, event);
    return (event) => instance.enter(read, event);
  }

  /** Tells the engine what has passed. Whoever enters it does this first. */
  flush() {
    if (this.#owing.length === 0 && this.#unwanted === 0) return;
    const messages = [];
    for (const place of this.#owing) {
      for (const { offset, id } of place.owed) messages.push(place.slot, offset, id);
      place.owed = [];
    }
    const unwanted = this.#unwanted;
    const heardAtMs = this.#lastEvent.timeStamp || performance.now();
    this.#owing = [];
    this.#unwanted = 0;
    this.#engine.core?.passed(this.#generation, heardAtMs, unwanted, messages);
  }

  #read(generation, event) {
    const { data } = event;
    let frame;
    try {
      if (typeof data !== 'string') throw new TypeError('a binary frame');
      frame = JSON.parse(data);
    } catch (error) {
      this.flush();
      const problem = beginningOf(error?.message ?? error);
      this.#engine.core.receiveBad(generation, problem, beginningOf(data));
      return;
    }
    if (generation !== this.#generation) this.flush();
    this.#generation = generation;
    this.#lastEvent = event;
    if (frame?.type === 'batch' && this.#takesBatches && Array.isArray(frame.frames)) {
      for (const inner of frame.frames) this.#take(inner);
    } else {
      this.#take(frame);
    }
  }

  #take(frame) {
    // A listener may have closed the client in the midst of a batch.
    if (!this.#engine.core || this.#passes(frame)) return;
    this.flush();
    this.#engine.core.receive(this.#generation, frame);
  }

  #passes(frame) {
    const conversationId = frame?.conversationId ?? frame?.data?.conversationId;
    if (typeof conversationId !== 'string') return false;
    const type = this.#typeOf(frame);
    const place = this.#wanted.get(conversationId);
    if (place) return type === 'message' && this.#passesAsNext(place, frame);
    if (!IDLE_TYPES.has(type) || this.#engine.hears(type)) return false;
    this.#unwanted++;
    return true;
  }

  #passesAsNext(place, frame) {
    const { data } = frame;
    if (frame.replay || typeof data !== 'object' || data === null) return false;
    const id = data[this.#messageId];
    const offset = frame.offset ?? data.offset;
    const epoch = frame.epoch ?? data.epoch;
    if (typeof id !== 'string' || !isCountOrNone(offset)) return false;
    if (epoch !== place.epoch) {
      if (epoch !== undefined && typeof epoch !== 'string') return false;
      place.epoch = epoch;
      place.epochPrint = epoch === undefined ? Number.NaN : print(epoch);
    }
    const { core } = this.#engine;
    const number = offset ?? Number.NaN;
    const hasClientId = data.clientId !== undefined;
    const isNext = core.pass(
      this.#generation,
      place.slot,
      number,
      place.epochPrint,
      print(id),
      hasClientId,
    );
    if (!isNext) return false;
    this.#owe(place, number, id, data);
    frame.via = 'socket';
    this.#engine.client.emit(titled(frame, 'message', place.conversationId));
    return true;
  }

  #owe(place, offset, id, data) {
    if (place.owed.length === 0) this.#owing.push(place);
    const thread = this.#engine.threadAt(place.slot);
    if (!thread?.isShown) {
      place.owed[0] = { offset, id };
      return;
    }
    place.owed.push({ offset, id });
    thread.append(shown(this.#messageId, place.conversationId, data, 'received'));
    if (place.owed.length >= MAX_OWED) this.flush();
  }
}

/** What a frame means, by the server's own name for it. */
function typesBy(protocol, events) {
  if (protocol === 'nest') return (frame) => events.get(frame.event);
  if (events.size > 0) return (frame) => events.get(frame.type) ?? frame.type;
  return (frame) => frame.type;
}

const beginningOf = (what) => String(what).slice(0, 200);

const isCountOrNone = (offset) =>
  offset === undefined || (Number.isSafeInteger(offset) && offset >= 0);
