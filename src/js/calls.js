// What the engine awaits, each under a number, by which it can call it off.

/** Promises on their way. */
export class Calls {
  #controllers = new Map();

  /** Calls `start(signal)`, then `done(result)`, or `failed(error)`; neither if it was called off before. */
  start(number, start, done, failed = done) {
    const controller = new AbortController();
    this.#controllers.set(number, controller);
    const settle = (how) => (value) => {
      if (this.#controllers.delete(number)) how(value);
    };
    start(controller.signal).then(settle(done), settle(failed));
  }

  /** Nobody wants it any more. */
  abort(number) {
    this.#controllers.get(number)?.abort();
    this.#controllers.delete(number);
  }

  /** Calls everything off. */
  abortAll() {
    for (const number of this.#controllers.keys()) this.abort(number);
  }
}
