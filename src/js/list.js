// The list of conversations, the most recently active first.

/** What is shown in the store `client.conversations`. */
export class List {
  #store;
  #infos = new Map();

  constructor(store) {
    this.#store = store;
  }

  get(id) {
    return this.#infos.get(id) ?? null;
  }

  /** The whole list came. Gives the ids of those that it changes. */
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
    this.#store.set(() => Object.freeze([...this.#infos.values()].sort(byRecency)));
  }
}

function byRecency(a, b) {
  const [left, right] = [recency(a), recency(b)];
  if (left === right || left === undefined || right === undefined) return 0;
  return left < right ? 1 : -1;
}

const recency = (info) => info.lastMessage?.createdAt ?? info.updatedAt;
