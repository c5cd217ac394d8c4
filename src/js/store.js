// Stores: `subscribe`, `getSnapshot`, `getServerSnapshot`; listeners are called at most once a frame.

const FRAME_MISSED_MS = 100;
const HIDDEN_INTERVAL_MS = 1_000;

/** Gathers the stores that changed and calls their listeners once a frame. */
export class Notifier {
  #changed = new Set();
  #frame;
  #timer;
  #lastAt = Number.NEGATIVE_INFINITY;

  notify(store) {
    this.#changed.add(store);
    if (this.#changed.size > 1 || this.#timer !== undefined) return;
    if (
      typeof document === 'object' &&
      !document.hidden &&
      typeof requestAnimationFrame === 'function'
    ) {
      this.#frame = requestAnimationFrame(() => this.flush());
      this.#timer = setTimeout(() => this.flush(), FRAME_MISSED_MS);
      return;
    }
    // A hidden page has no frames and slow timers: the arriving event itself must do.
    const waitMs = this.#lastAt + HIDDEN_INTERVAL_MS - Date.now();
    if (waitMs > 0) this.#timer = setTimeout(() => this.flush(), waitMs);
    else queueMicrotask(() => this.flush());
  }

  flush() {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = this.#timer = undefined;
    this.#lastAt = Date.now();
    const changed = this.#changed;
    this.#changed = new Set();
    for (const store of changed) store.callListeners();
  }
}

/** A value that is told about. Snapshots are immutable and identical until they change. */
export class Store {
  #listeners = [];
  #notifier;
  #snapshot;
  #server;

  constructor(notifier, initial) {
    this.#notifier = notifier;
    this.#snapshot = this.#server = initial;
    this.subscribe = this.subscribe.bind(this);
    this.getSnapshot = this.getSnapshot.bind(this);
    this.getServerSnapshot = this.getServerSnapshot.bind(this);
  }

  subscribe(onChange) {
    const listener = { onChange };
    this.#listeners = [...this.#listeners, listener];
    if (this.#listeners.length === 1) this.onFirst();
    return () => {
      if (!this.#listeners.includes(listener)) return;
      this.#listeners = this.#listeners.filter((other) => other !== listener);
      if (this.#listeners.length === 0) this.onLast();
    };
  }

  getSnapshot() {
    return this.#snapshot;
  }

  getServerSnapshot() {
    return this.#server;
  }

  /** The first listener came. */
  onFirst() {}

  /** The last listener left. */
  onLast() {}

  set(snapshot) {
    this.#snapshot = snapshot;
    this.changed();
  }

  changed() {
    if (this.#listeners.length > 0) this.#notifier.notify(this);
  }

  callListeners() {
    for (const { onChange } of this.#listeners) callSafely(onChange);
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
