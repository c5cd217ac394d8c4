// The express lane: the plain next message of a conversation goes to the listeners, and its text never enters wasm.
import { Glance } from './glance.js';
import { shown, titled } from './message.js';
import { eventOf, Packets } from './packets.js';
import { NO_NUMBER, Places } from './places.js';

/** What the engine does nothing with but pass on, where nobody wants the conversation. */
const IDLE_TYPES = new Set(['message', 'typing', 'presence']);
/** What the engine answers, as `src/web/mod.rs` has it: 0 is no, and more than one is leave for what follows, too. */
const ONE = 1;
const NEXT_NUMBERS = 3;
const NOTHING = [];
/** The engine hears of this many messages of a shown conversation at once, at the latest. */
const MAX_OWED = 64;

/** The way of all that comes over the sockets of one client. The engine says what may pass, for one or for a row. */
export class Lane {
  #engine;
  #messageId;
  #takesBatches;
  #isPackets;
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
    this.#nameIn = protocol === 'json' ? 'type' : 'event';
    this.#typeOf = typesBy(protocol, new Map(Object.entries(events)));
    this.#messageListeners = engine.client.listeners('message');
    this.#allListeners = engine.client.listeners('*');
  }

  /** Somebody wants a conversation. */
  want(slot, conversationId) {
    this.#wanted.set(conversationId, slot);
    this.#epochs[slot] = undefined;
    this.#places.open(slot);
  }

  /** Nobody does any more. */
  unwant(conversationId) {
    this.#wanted.delete(conversationId);
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
    this.#tellFollowers();
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
    let args;
    let frame;
    let several;
    try {
      if (packets) {
        args = packets.readPlain(data);
        if (!args) several = packets.read(data);
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
    else if (!args) this.#take(frame);
    else if (args.length > 2) this.#take(eventOf(args));
    else if (!this.#passes(args[0], undefined, args[1])) this.#hand(eventOf(args));
  }

  #take(frame) {
    // A listener may have closed the client in the midst of a batch.
    if (!this.#engine.core || this.#passes(frame?.[this.#nameIn], frame, frame?.data)) return;
    this.#hand(frame);
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
      this.#isGlancing = false;
      return type === 'message' && this.#passesAsNext(slot, conversationId, name, frame, data);
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

  #passesAsNext(slot, conversationId, name, frame, data) {
    if (frame?.replay || typeof data !== 'object' || data === null) return false;
    const id = data[this.#messageId];
    const number = frame?.offset ?? data.offset;
    const epoch = frame?.epoch ?? data.epoch;
    if (typeof id !== 'string' || number < 0) return false;
    const offset = number ?? NO_NUMBER;
    const hasClientId = data.clientId !== undefined;
    const mayPass =
      this.#follows(slot, offset, epoch, id, hasClientId) ||
      this.#mayPass(slot, offset, epoch, id, hasClientId);
    if (!mayPass) return false;
    if (this.#places.isShown(slot)) this.#show(slot, offset, id, data);
    this.#tell(messageEvent(conversationId, name, frame, data));
    return true;
  }

  #tell(event) {
    this.#messageListeners.call(event);
    this.#allListeners.call(event);
    this.told = event;
  }

  /** Whether the engine has given leave to what follows the last message, and this does. */
  #follows(slot, offset, epoch, id, hasClientId) {
    if (hasClientId && !this.#knowsClientIds) return false;
    if (this.#hasEpochs ? epoch !== this.#epochs[slot] : epoch !== undefined) return false;
    if (!this.#places.follow(slot, this.#era, offset, id)) return false;
    if (this.#places.isFull) this.#tellFollowers();
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
    if (epoch !== undefined) this.#hasEpochs = true;
    if (hasClientId) this.#knowsClientIds = true;
    this.#hasPassed = true;
    return true;
  }

  #show(slot, offset, id, data) {
    const thread = this.#engine.threadAt(slot);
    const shownHere = this.#shown.get(slot) ?? [];
    if (shownHere.push([offset, id]) === 1) this.#shown.set(slot, shownHere);
    this.#owe(slot);
    thread.append(shown(this.#messageId, thread.id, data, 'received'));
    if (shownHere.length >= MAX_OWED) this.flush();
  }

  #owe(slot) {
    if (this.#places.owe(slot)) this.#owing.push(slot);
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
