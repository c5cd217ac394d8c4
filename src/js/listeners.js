// Who listens. Whoever comes or goes while all are called is called with the next.

/** Listeners to one thing, each as often as it was added. */
export class Listeners {
  #entries = [];

  get size() {
    return this.#entries.length;
  }

  /** Returns a function that takes it out again. */
  add(listener) {
    const entry = { listener };
    this.#entries = [...this.#entries, entry];
    return () => {
      this.#entries = this.#entries.filter((other) => other !== entry);
    };
  }

  call(argument) {
    for (const { listener } of this.#entries) callSafely(listener, argument);
  }
}

/** Calls a listener; one that throws is reported and harms nobody else. */
export function callSafely(listener, argument) {
  try {
    listener(argument);
  } catch (error) {
    reportError(error);
  }
}
