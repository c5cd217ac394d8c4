// Stores: `subscribe`, `getSnapshot`, `getServerSnapshot`; listeners are called at most once a frame.
import { Listeners } from './listeners.js';

/** Where frames are not kept count of yet (frames.js): later than any frame. */
const LATEST_MS = 100;

/** Gathers the stores that changed, until it is time to call their listeners. */
export class Notifier {
  #changed = new Set();

  /** Calls `flush` when it is time. */
  schedule = (flush) => setTimeout(flush, LATEST_MS);

  notify(store) {
    const isFirst = this.#changed.size === 0;
    this.#changed.add(store);
    if (!isFirst) return;
    this.schedule(() => {
      const changed = this.#changed;
      this.#changed = new Set();
      for (const one of changed) one.call();
    });
  }
}

/** A value that is told about. Snapshots are immutable and identical until they change. */
export class Store extends Listeners {
  #notifier;
  #snapshot;
  #make;
  #server;

  constructor(notifier, initial) {
    super();
    this.#notifier = notifier;
    this.#snapshot = this.#server = initial;
  }

  subscribe = (onChange) => {
    const remove = this.add(onChange);
    if (this.size === 1) this.watched(true);
    return () => {
      const before = this.size;
      remove();
      if (this.size === 0 && before) this.watched(false);
    };
  };

  getSnapshot = () => {
    if (this.#make) {
      this.#snapshot = this.#make();
      this.#make = undefined;
    }
    return this.#snapshot;
  };

  getServerSnapshot = () => this.#server;

  /** The first listener came, or the last one left. */
  watched(_isWatched) {}

  /** The value is another one, which `make()` gives when somebody looks. */
  set(make) {
    this.#make = make;
    if (this.size) this.#notifier.notify(this);
  }
}
