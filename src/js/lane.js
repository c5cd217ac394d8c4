// The express lane: the plain next message of a conversation goes to the listeners, and its text never enters wasm.
import { Glance, MAX_KNOWN, UNKNOWN, UNWANTED } from './glance.js';
import { shown, titled } from './message.js';
import { eventOf, Packets } from './packets.js';
import { NO_NUMBER, Places } from './places.js';

/** What the engine does nothing with but pass on, where nobody wants the conversation. */
const IDLE_TYPES = new Set(['message', 'typing', 'presence']);
/** What the engine answers, as `src/web/mod.rs` has it: 0 is no, and more than one is leave for what follows, too. */
const ONE = 1;
const NEXT_NUMBERS = 3;
/** The engine hears of this many messages of a shown conversation at once, at the latest. */
const MAX_OWED = 64;

/** The way of all that comes over the sockets of one client. The engine says what may pass, for one or for a row. */
export class Lane {
  #engine;
  #messageId;
  #protocol;
  #takesBatches;
  #namespace;
  #nameIn;
  #typeOf;
  /** The last name a frame had, which the next has mostly, too, and what it means. */
  #name;
  #type;
  /** The slots of the conversations that somebody wants. */
  #wanted = new Map();
  #places = new Places();
  #epochs = [];
  /** Else none of them need be looked at. */
  #hasEpochs = false;
  /** What the engine is to be told of messages that are shown, by slot: number and id of each. */
  #shown = new Map();
  #messageListeners;
  #allListeners;
  #hasPassed = false;
  #unwanted = 0;
  #glance;
  /** No id that somebody wants can be spelled differently in a text. */
  #areIdsPlain = true;
  /** The last message was one that nobody wants. */
  #wasUnwanted = false;
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
    this.#protocol = protocol;
    this.#takesBatches = protocol === 'json';
    this.#namespace = namespace;
    this.#nameIn = protocol === 'json' ? 'type' : 'event';
    this.#typeOf = typesBy(protocol, new Map(Object.entries(events)));
    this.#messageListeners = engine.client.listeners('message');
    this.#allListeners = engine.client.listeners('*');
  }

  /** Somebody wants a conversation. */
  want(slot, conversationId) {
    this.#wanted.set(conversationId, slot);
    this.#areIdsPlain &&= !conversationId.includes('\\');
    if (this.#hasEpochs) this.#epochs[slot] = undefined;
    this.#places.open(slot);
  }

  /** Nobody does any more. */
  unwant(conversationId) {
    this.#wanted.delete(conversationId);
    this.#glance?.forget();
  }

  /** The engine's number for a conversation that somebody wants. */
  slotOf(conversationId) {
    return this.#wanted.get(conversationId);
  }

  /** The messages of a conversation are shown from now on, or no longer. */
  show(slot, isShown) {
    this.#places.show(slot, isShown);
  }

  /** What a Socket.IO server needs to know of the last session, to go on with it. */
  recovery = { pid: undefined, offset: undefined };

  /** The `onmessage` of one socket. */
  receiver(generation) {
    const { instance } = this.#engine;
    this.#glance = new Glance(this.#protocol);
    const packets = this.#protocol === 'socket.io' && this.#packets(generation);
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
    this.#tellFollowers();
    const owing = this.#places.takeOwing();
    if (!this.#hasPassed && owing.length === 0 && this.#unwanted === 0) return;
    const numbers = [];
    const ids = [];
    for (const slot of owing) {
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
    this.#unwanted = 0;
    this.#hasPassed = false;
    this.#engine.core?.passed(this.#generation, heardAtMs, unwanted, numbers, ids);
  }

  #read(generation, event, packets) {
    const { data } = event;
    if (generation !== this.#generation) this.flush();
    this.#generation = generation;
    this.#lastEvent = event;
    const mayBePlain = typeof data === 'string' && (!packets || packets.takesPlain);
    const mayGlance = mayBePlain && this.#mayGlance;
    if (mayGlance && this.#passesAtAGlance(data)) return;
    let args;
    let frame;
    let several;
    try {
      if (packets) {
        args = packets.readPlain(data);
        if (!args) several = packets.read(data);
      } else {
        if (typeof data !== 'string') throw new TypeError('a binary frame');
        frame = JSON.parse(data);
        if (frame?.type === 'batch' && this.#takesBatches && Array.isArray(frame.frames))
          several = frame.frames;
      }
    } catch (error) {
      this.flush();
      const problem = beginningOf(error?.message ?? error);
      this.#engine.core?.receiveBad(generation, problem, beginningOf(data));
      return;
    }
    if (several) for (const inner of several) this.#take(inner);
    else if (args?.length > 2) this.#take(eventOf(args));
    else if (args ? this.#takePlain(args) : this.#take(frame)) {
      if (mayGlance && this.#type === 'message') this.#glance.learn(data);
    }
  }

  /** Whether it passes; else the engine has got it. */
  #take(frame) {
    // A listener may have closed the client in the midst of a batch.
    const passes = this.#engine.core && this.#passes(frame?.[this.#nameIn], frame, frame?.data);
    if (!passes) this.#hand(frame);
    return passes;
  }

  #takePlain(args) {
    const passes = this.#passes(args[0], undefined, args[1]);
    if (!passes) this.#hand(eventOf(args));
    return passes;
  }

  /** The engine sees to it. */
  #hand(frame) {
    this.flush();
    this.#engine.core?.receive(this.#generation, frame);
  }

  /** `frame` is what `name` and `data` stand in; undefined if that is nothing but them. */
  #passes(name, frame, data) {
    const conversationId = frame?.conversationId ?? data?.conversationId;
    if (typeof conversationId !== 'string') return false;
    if (name !== this.#name) {
      this.#name = name;
      this.#type = this.#typeOf(name);
    }
    const type = this.#type;
    const slot = this.#wanted.get(conversationId);
    if (slot !== undefined) {
      this.#wasUnwanted = false;
      if (type !== 'message' || frame?.replay || typeof data !== 'object' || data === null)
        return false;
      const offset = frame?.offset ?? data.offset;
      const epoch = frame?.epoch ?? data.epoch;
      if (!this.#passesAsNext(slot, data, offset, epoch)) return false;
      this.#tell(messageEvent(conversationId, name, frame, data));
      return true;
    }
    if (!IDLE_TYPES.has(type) || this.#engine.hears(type)) return false;
    this.#wasUnwanted = type === 'message';
    this.#unwanted++;
    return true;
  }

  /** Where very many are wanted, a glance costs what it saves, but for what nobody wants. */
  get #mayGlance() {
    return this.#areIdsPlain && (this.#wasUnwanted || this.#wanted.size <= MAX_KNOWN);
  }

  /** As `#passes`, for a text of which a glance tells that it is a message, and of which conversation. */
  #passesAtAGlance(text) {
    const slot = this.#glance.slotOf(text, this.#wanted);
    if (slot === UNKNOWN) return false;
    if (slot === UNWANTED) {
      if (this.#messageListeners.size + this.#allListeners.size > 0) return false;
      this.#unwanted++;
      return true;
    }
    const data = this.#glance.dataOf(text);
    if (!data) return false;
    const { offset = data.offset, epoch = data.epoch } = this.#glance;
    if (!this.#passesAsNext(slot, data, offset, epoch)) return false;
    this.#tell(this.#glance.eventOf(this.#engine.idAt(slot), data));
    return true;
  }

  /** Whether the engine lets this message pass, as the next of its conversation. */
  #passesAsNext(slot, data, number, epoch) {
    const id = data[this.#messageId];
    if (typeof id !== 'string' || number < 0) return false;
    const offset = number ?? NO_NUMBER;
    const hasClientId = data.clientId !== undefined;
    const row = this.#places.rowOf(slot);
    const mayPass =
      this.#follows(slot, row, offset, epoch, id, hasClientId) ||
      this.#mayPass(slot, offset, epoch, id, hasClientId);
    if (!mayPass) return false;
    if (this.#places.isShown(row)) this.#show(slot, offset, id, data);
    return true;
  }

  #tell(event) {
    this.#messageListeners.call(event);
    this.#allListeners.call(event);
    this.told = event;
  }

  /** Whether the engine has given leave to what follows the last message, and this does. */
  #follows(slot, row, offset, epoch, id, hasClientId) {
    if (hasClientId && !this.#knowsClientIds) return false;
    if (this.#hasEpochs ? epoch !== this.#epochs[slot] : epoch !== undefined) return false;
    if (!this.#places.follow(slot, row, this.#era, offset, id)) return false;
    if (this.#places.isFull) this.#tellFollowers();
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
    if (epoch !== undefined) this.#hasEpochs = true;
    if (hasClientId) this.#knowsClientIds = true;
    this.#hasPassed = true;
    return true;
  }

  #show(slot, offset, id, data) {
    const thread = this.#engine.threadAt(slot);
    const shownHere = this.#shown.get(slot) ?? [];
    if (shownHere.push([offset, id]) === 1) this.#shown.set(slot, shownHere);
    this.#places.owe(slot);
    thread.append(shown(this.#messageId, thread.id, data, 'received'));
    if (shownHere.length >= MAX_OWED) this.flush();
  }

  #tellFollowers() {
    const followers = this.#places.takeFollowers();
    if (followers.length > 0) this.#engine.core?.followed(followers);
  }
}

/** What a frame means, by the server's own name for it. */
function typesBy(protocol, events) {
  if (protocol !== 'json') return (name) => events.get(name);
  return (name) => events.get(name) ?? name;
}

function messageEvent(conversationId, event, frame, data) {
  if (!frame) return { event, data, via: 'socket', type: 'message', conversationId };
  frame.via = 'socket';
  return titled(frame, 'message', conversationId);
}

const beginningOf = (what) => String(what).slice(0, 200);
