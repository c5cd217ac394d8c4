// One client for all who want the same: the same address, its query aside, and the same plain options.
import { inside } from './client.js';
import { createClient } from './index.js';
import { checkOptions } from './options.js';

const clients = new Map();

/** Where pages are rendered, and nothing is to be heard. */
export const isServer = () => typeof document === 'undefined';

/** The client for these; on a server everybody gets one of their own, for they are different people. */
export function share(url, options = {}) {
  const key = keyOf(url, options);
  const known = clients.get(key);
  if (known) return known;
  const shared = new Shared(key, url, options);
  if (!isServer()) clients.set(key, shared);
  return shared;
}

/** What a provider gives: a client, and the function that lets go of it. */
export function provide({ client, url, options }) {
  if (client) return { client, release() {} };
  const shared = share(url, options);
  return { client: shared.client, release: shared.acquire() };
}

/** A client that lives as long as it has users, and a moment longer. */
class Shared {
  isOver = false;
  #users = 0;
  #isHeld = false;
  #key;
  #options;

  constructor(key, url, options) {
    this.#key = key;
    // A function is not asked before the first attempt, but a wrong address is to be told at once.
    checkOptions({ ...options, url });
    this.client = createClient({
      ...withLatest(options, () => this.#options),
      url: () => inside(this.client).address,
    });
    this.update(url, options);
    inside(this.client).endListeners.add(() => {
      this.isOver = true;
      this.#forget();
    });
  }

  /** From now on this address is dialled and these functions are called. */
  update(url, options = {}) {
    inside(this.client).address = url;
    this.#options = options;
  }

  /** One more user, until the returned function is called. */
  acquire() {
    this.#users += 1;
    if (!this.#isHeld) {
      this.#isHeld = true;
      inside(this.client).do(({ core }) => core.acquire());
      if (this.#options.autoConnect !== false) this.client.connect();
    }
    return () => this.#release();
  }

  #release() {
    this.#users -= 1;
    // Whoever lets go and takes hold again in one go, as StrictMode does, has not let go.
    queueMicrotask(() => {
      if (this.#users > 0 || !this.#isHeld) return;
      this.#isHeld = false;
      inside(this.client).do(({ core }) => core.release());
      this.#forget();
    });
  }

  /** One that the application closed stays closed for those who use it. */
  #forget() {
    const isCurrent = clients.get(this.#key) === this;
    if (this.isOver && !this.#isHeld && isCurrent) clients.delete(this.#key);
  }
}

/** The same options, each function in them replaced by one that calls the latest. */
function withLatest(options, latest) {
  const entries = Object.entries(options).map(([name, value]) => {
    const now = () => latest()[name];
    if (typeof value === 'function') return [name, (...args) => now()(...args)];
    return [name, isGroup(value) ? withLatest(value, now) : value];
  });
  return Object.fromEntries(entries);
}

function keyOf(url, options) {
  const [place] = String(url).split(/[?#]/, 1);
  return JSON.stringify([place, options], (_, value) => {
    if (isGroup(value)) return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    // Which function it is makes no difference; whether there is one does.
    if (typeof value === 'function') return 'function';
    return typeof value === 'number' ? String(value) : value;
  });
}

const isGroup = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
