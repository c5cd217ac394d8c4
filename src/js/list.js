// The list of conversations, the most recently active first.
import { Store } from './store.js';

const EMPTY = Object.freeze([]);

/** The store behind `client.conversations`. */
export class ConversationList extends Store {
  #client;
  #infos = new Map();
  #snapshot = EMPTY;
  #isStale = false;

  constructor(notifier, client) {
    super(notifier, EMPTY);
    this.#client = client;
  }

  onFirst() {
    this.#client.watchList(true);
  }

  onLast() {
    this.#client.watchList(false);
  }

  getSnapshot() {
    if (this.#isStale) {
      this.#snapshot = Object.freeze([...this.#infos.values()].sort(byRecency));
      this.#isStale = false;
    }
    return this.#snapshot;
  }

  get(id) {
    return this.#infos.get(id) ?? null;
  }

  /** The whole list came. */
  replace(infos) {
    const before = this.#infos;
    this.#infos = new Map(infos.map((info) => [String(info.id), Object.freeze(info)]));
    this.#touch();
    return new Set([...before.keys(), ...this.#infos.keys()]);
  }

  /** One conversation's data came. */
  merge(id, data) {
    this.#infos.set(id, Object.freeze({ ...this.#infos.get(id), ...data, id }));
    this.#touch();
  }

  #touch() {
    this.#isStale = true;
    this.changed();
  }
}

function byRecency(a, b) {
  const [left, right] = [recency(a), recency(b)];
  if (left === right || left === undefined || right === undefined) return 0;
  return left < right ? 1 : -1;
}

const recency = (info) => info.lastMessage?.createdAt ?? info.updatedAt;
