// A server that is not there, for tests of what people build: no network, and time that can be advanced.
import { createClient, init } from './inline.js';
import { Clock } from './testing/clock.js';
import { Rooms } from './testing/rooms.js';
import { socketsOf } from './testing/socket.js';

const FEATURES = ['ack', 'replay', 'ping', 'list'];
const ABNORMAL = 1006;

/** Puts one in the place of every server, until it is closed; see testing.d.ts. */
export const createFakeServer = (options) => new FakeServer(options);

class FakeServer {
  url = 'ws://fake.talkwire.test/ws';
  frames = [];
  #hello;
  #userId;
  #clock = new Clock();
  #rooms = new Rooms();
  #sockets = new Set();
  #addresses = new Set();
  #stored = new Map();
  #early = [];
  #refusal = null;
  #isHolding = false;
  #unanswered = [];
  #taken = new Map();
  #waiting = [];
  #clients = [];
  #own = { WebSocket: globalThis.WebSocket, fetch: globalThis.fetch };
  #lastId = 0;
  // Whatever makes the first client, it is to run on what needs no network.
  #loaded = init();

  constructor({ features = FEATURES, userId = 'me' } = {}) {
    this.#hello = features && { type: 'hello', features, userId };
    this.#userId = userId;
    this.#clock.install();
    const wire = {
      dialled: (socket) => this.#let(socket),
      heard: (socket, text) => this.#hear(socket, JSON.parse(text)),
      left: (socket) => this.#forget(socket),
    };
    globalThis.WebSocket = socketsOf(wire, this.#clock.now);
    globalThis.fetch = (...request) => this.#fetch(...request);
  }

  get connections() {
    return this.#sockets.size;
  }

  get subscriptions() {
    return this.#rooms.joined();
  }

  client(options) {
    const client = createClient({ url: this.url, ...options });
    this.#clients.push(client);
    return client;
  }

  say(conversationId, content, fields) {
    const data = this.#message({ senderId: 'somebody', ...fields, content });
    this.emit({ type: 'message', conversationId, data });
    return data;
  }

  emit(frame) {
    const { type, conversationId } = frame;
    if (type === 'message' && conversationId) {
      tell(this.#rooms.members(conversationId), this.#rooms.keep(frame));
    } else if (!this.#tellWhoHears(frame)) {
      this.#early.push(frame);
    }
  }

  drop(code = ABNORMAL, reason = '') {
    for (const socket of [...this.#sockets]) socket.shut(code, reason);
  }

  refuse(code = ABNORMAL) {
    this.#refusal = code;
    this.drop(code);
  }

  accept() {
    this.#refusal = null;
  }

  hold() {
    this.#isHolding = true;
  }

  release() {
    this.#isHolding = false;
    while (this.#unanswered.length > 0) this.ack();
  }

  ack(data) {
    const { socket, frame } = this.#oldest();
    this.#ack(socket, frame, data);
  }

  reject({ code = 'refused', message = 'The fake server refuses this.', retryable = false } = {}) {
    const { socket, frame } = this.#oldest();
    tell([socket], { type: 'error', ref: frame.ref, code, message, retryable });
  }

  next(type) {
    return new Promise((resolve) => {
      this.#waiting.push({ type, resolve });
      this.#hand();
    });
  }

  async advance(ms) {
    await this.#loaded;
    await this.#clock.advance(ms);
  }

  close() {
    for (const client of this.#clients) client.close();
    this.drop();
    Object.assign(globalThis, this.#own);
    this.#clock.uninstall();
  }

  #let(socket) {
    this.#addresses.add(socket.url.replace(/^ws/, 'http'));
    if (this.#refusal === ABNORMAL) {
      socket.shut(ABNORMAL);
      return;
    }
    this.#sockets.add(socket);
    socket.open();
    if (this.#refusal !== null) socket.shut(this.#refusal);
    else if (this.#hello) tell([socket], this.#hello);
    this.#tellEarly();
  }

  #forget(socket) {
    this.#sockets.delete(socket);
    this.#rooms.leaveAll(socket);
    this.#unanswered = this.#unanswered.filter((one) => one.socket !== socket);
  }

  #hear(socket, frame) {
    this.frames.push(frame);
    const { type, conversationId } = frame;
    if (type === 'ping') {
      tell([socket], { type: 'pong' });
    } else if (type === 'subscribe') {
      const [subscribed, ...since] = this.#rooms.join(socket, frame);
      if (this.#hello) tell([socket], subscribed);
      tell([socket], ...since);
      this.#tellEarly();
    } else if (type === 'unsubscribe') {
      this.#rooms.leave(socket, conversationId);
    } else if (type === 'message' && !this.#isHolding) {
      this.#ack(socket, frame);
    } else if (type === 'message' || frame.ref !== undefined) {
      // What is asked again is asked once.
      this.#unanswered = this.#unanswered.filter((one) => one.frame.ref !== frame.ref);
      this.#unanswered.push({ socket, frame });
    }
    this.#hand();
  }

  #ack(socket, frame, given) {
    const { type, conversationId, ref } = frame;
    const data = type === 'message' ? this.#store(frame, given) : given;
    if (ref !== undefined) tell([socket], { type: 'ack', ref, conversationId, data });
  }

  /** Keeps what somebody sent, once, and tells all who have joined. */
  #store({ conversationId, data }, given) {
    const { clientId = `own ${++this.#lastId}` } = data;
    if (!this.#stored.has(clientId)) {
      const message = this.#message({ senderId: this.#userId, ...data, ...given });
      this.#stored.set(clientId, message);
      this.emit({ type: 'message', conversationId, data: message });
    }
    return this.#stored.get(clientId);
  }

  #message(fields) {
    return { id: `msg_${++this.#lastId}`, createdAt: new Date().toISOString(), ...fields };
  }

  #oldest() {
    const oldest = this.#unanswered.shift();
    if (oldest) return oldest;
    throw new Error('Nothing waits for an answer. `hold()` comes before it is sent.');
  }

  /** False if there is nobody who would hear it. */
  #tellWhoHears(frame) {
    const { type, conversationId } = frame;
    const isForMembers = conversationId !== undefined && type !== 'conversation';
    const hearers = isForMembers ? this.#rooms.members(conversationId) : this.#sockets;
    tell(hearers, frame);
    return hearers.size > 0;
  }

  #tellEarly() {
    this.#early = this.#early.filter((frame) => !this.#tellWhoHears(frame));
  }

  /** Gives those who wait for a frame the first of its type that nobody was given. */
  #hand() {
    this.#waiting = this.#waiting.filter(({ type, resolve }) => {
      const from = this.#taken.get(type) ?? 0;
      const at = this.frames.findIndex((frame, index) => index >= from && frame.type === type);
      if (at < 0) return true;
      this.#taken.set(type, at + 1);
      resolve(this.frames[at]);
      return false;
    });
  }

  /** A refused client asks by a plain GET why. */
  #fetch(...request) {
    if (!this.#addresses.has(String(request[0]))) return this.#own.fetch(...request);
    return Promise.reject(new TypeError('Nothing answers at the fake server.'));
  }
}

const tell = (sockets, ...frames) => {
  for (const socket of [...sockets]) for (const frame of frames) socket.hear(JSON.stringify(frame));
};
