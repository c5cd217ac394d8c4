// What is asked of a client before its engine is there: in order, and of sends no more than the outbox would hold.

/** Calls into an engine that is to come. */
export class Waiting {
  #limits;
  #drop;
  #calls = new Map();
  #lastKey = 0;
  #sends = new Map();
  #bytes = 0;

  /** `drop(number, reason)` is called for a send that cannot wait any longer. */
  constructor(limits, drop) {
    this.#limits = limits;
    this.#drop = drop;
  }

  add(call) {
    this.#calls.set(++this.#lastKey, call);
  }

  /** A send of this number and size, which may wait for `ttlMs`; `call(core, waitedMs)` hands it over. */
  addSend(number, bytes, ttlMs, call) {
    if (!this.#makeRoom(bytes)) {
      this.#drop(number, 'overflow');
      return;
    }
    const since = Date.now();
    this.add((core) => call(core, Math.max(0, Date.now() - since)));
    const expiry =
      ttlMs === Infinity ? undefined : setTimeout(() => this.#dropSend(number, 'expired'), ttlMs);
    this.#sends.set(number, { key: this.#lastKey, bytes, expiry });
    this.#bytes += bytes;
  }

  /** False if it does not wait here. */
  cancelSend(number) {
    const isHere = this.#sends.has(number);
    if (isHere) this.#dropSend(number, 'cancelled');
    return isHere;
  }

  /** All calls, in order; none waits any more. */
  takeAll() {
    const calls = [...this.#calls.values()];
    for (const { expiry } of this.#sends.values()) clearTimeout(expiry);
    this.#calls.clear();
    this.#sends.clear();
    this.#bytes = 0;
    return calls;
  }

  #makeRoom(bytes) {
    const { maxMessages, maxBytes, overflow } = this.#limits;
    if (bytes > maxBytes) return false;
    while (this.#sends.size >= maxMessages || this.#bytes + bytes > maxBytes) {
      if (overflow === 'reject') return false;
      const [oldest] = this.#sends.keys();
      this.#dropSend(oldest, 'overflow');
    }
    return true;
  }

  #dropSend(number, reason) {
    const { key, bytes, expiry } = this.#sends.get(number);
    clearTimeout(expiry);
    this.#sends.delete(number);
    this.#calls.delete(key);
    this.#bytes -= bytes;
    this.#drop(number, reason);
  }
}
