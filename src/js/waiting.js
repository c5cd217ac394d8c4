// What is asked of a client before its engine is there: in order, and of sends no more than the outbox would hold.

/** Calls into an engine that is to come. */
export class Waiting {
  #limits;
  #dropped;
  /** Sends by their number, all else by itself. */
  #calls = new Map();
  #sends = 0;
  #bytes = 0;

  /** `dropped(number, reason)` is called for a send that waits no longer. */
  constructor(limits, dropped) {
    this.#limits = limits;
    this.#dropped = dropped;
  }

  add(call) {
    this.#calls.set(call, { call });
  }

  /** A send of this number and size, which may wait for `ttlMs`; `call(core, waitedMs)` hands it over. */
  addSend(number, bytes, ttlMs, call) {
    const since = Date.now();
    this.#calls.set(number, {
      call: (core) => call(core, Math.max(0, Date.now() - since)),
      bytes,
      expiry: ttlMs < Infinity && setTimeout(() => this.drop(number, 'expired'), ttlMs),
    });
    this.#sends += 1;
    this.#bytes += bytes;
    const { maxMessages, maxBytes, overflow } = this.#limits;
    const mayStay = overflow === 'drop-oldest' && bytes <= maxBytes;
    while (this.#sends > maxMessages || this.#bytes > maxBytes)
      this.drop(mayStay ? this.#oldest() : number, 'overflow');
  }

  /** False if no such send waits here. */
  drop(number, reason) {
    const send = this.#calls.get(number);
    if (!send) return false;
    clearTimeout(send.expiry);
    this.#calls.delete(number);
    this.#sends -= 1;
    this.#bytes -= send.bytes;
    this.#dropped(number, reason);
    return true;
  }

  /** All calls, in order; none waits any more. */
  takeAll() {
    const all = [...this.#calls.values()];
    this.#calls.clear();
    this.#sends = this.#bytes = 0;
    for (const { expiry } of all) clearTimeout(expiry);
    return all.map(({ call }) => call);
  }

  #oldest() {
    for (const [number, { bytes }] of this.#calls) if (bytes !== undefined) return number;
    return undefined;
  }
}
