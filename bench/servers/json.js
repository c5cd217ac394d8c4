// A server of the json dialect: a plain one, whose messages have ids only, or one that offers more in its `hello`.
import { payload } from './payload.js';

const MAX_BATCH_BYTES = 65_536;
const EPOCH = 'e1';

/** `reply(text)` sends to the one client there is. */
export class JsonServer {
  #features;
  #offsets = new Map();
  #understandsBatches = false;

  /** The conversations that the client is in. */
  joined = new Set();

  /** `features` as in `hello`; null: a plain server, which says none. */
  constructor(features = null) {
    this.#features = features;
  }

  opened(reply) {
    this.joined.clear();
    if (this.#features) reply(JSON.stringify({ type: 'hello', features: this.#features }));
  }

  heard(text, reply) {
    const frame = JSON.parse(text);
    const answers = [];
    for (const one of frame.type === 'batch' ? frame.frames : [frame]) this.#answer(one, answers);
    if (answers.length > 1 && this.#understandsBatches)
      for (const batch of batches(answers)) reply(batch);
    else for (const answer of answers) reply(answer);
  }

  /** The text of the next message in a conversation. */
  message(conversationId) {
    const frame = { type: 'message', conversationId, data: payload() };
    if (this.#features) Object.assign(frame, { offset: this.#next(conversationId), epoch: EPOCH });
    return JSON.stringify(frame);
  }

  #answer({ type, conversationId, ref, features }, answers) {
    if (type === 'hello') this.#understandsBatches = features.includes('batch');
    if (type === 'ping') answers.push('{"type":"pong"}');
    if (type !== 'subscribe') return;
    this.joined.add(conversationId);
    if (!this.#features) return;
    const offset = this.#offsets.get(conversationId) ?? 0;
    const answer = {
      type: 'subscribed',
      conversationId,
      ref,
      offset,
      epoch: EPOCH,
      recovered: true,
    };
    answers.push(JSON.stringify(answer));
  }

  #next(conversationId) {
    const offset = (this.#offsets.get(conversationId) ?? 0) + 1;
    this.#offsets.set(conversationId, offset);
    return offset;
  }
}

/** These frames packed into as few as may be. */
export function* batches(frames) {
  let packed = [];
  let bytes = 0;
  for (const frame of frames) {
    if (bytes + frame.length > MAX_BATCH_BYTES - 100) {
      yield batch(packed);
      packed = [];
      bytes = 0;
    }
    packed.push(frame);
    bytes += frame.length + 1;
  }
  if (packed.length > 0) yield batch(packed);
}

const batch = (frames) => `{"type":"batch","frames":[${frames.join(',')}]}`;
