// What one component has of a client that it shares with others.
import { inside } from './client.js';
import { share } from './share.js';

/** Sends under a holder of its own: what it subscribed to ends with it. */
export class Line {
  #shared = null;
  #holder = null;
  #onMessage;
  #used = null;
  #stop;

  send = (frame) => {
    if (!this.#shared) return notSent();
    const inner = inside(this.#shared.client);
    this.#holder ??= inner.newHolder();
    return inner.sendFrame(frame, this.#holder);
  };

  update(shared, url, onMessage, options) {
    if (shared !== this.#shared) this.#letGo();
    this.#shared = shared;
    this.#onMessage = onMessage;
    shared?.update(url, options);
  }

  /** Uses the client until the returned function is called. */
  open = (shared) => {
    const stop = shared.client.on('*', (event) => this.#onMessage?.(event));
    const release = shared.acquire();
    return () => {
      stop();
      if (shared === this.#shared) this.#letGo();
      release();
    };
  };

  /** Uses the client for this address from now on, and no other; none without an address. Gives it. */
  follow(url, onMessage, options) {
    const shared = url == null ? null : share(url, options);
    this.update(shared, url, onMessage, options);
    if (shared !== this.#used) {
      this.#stop?.();
      this.#stop = shared ? this.open(shared) : undefined;
      this.#used = shared;
    }
    return shared?.client ?? null;
  }

  #letGo() {
    const holder = this.#holder;
    if (holder !== null) inside(this.#shared.client).do(({ core }) => core.unholdAll(holder));
    this.#holder = null;
  }
}

/** What becomes of something for which there is no way at all. */
export const notSent = () => ({
  id: '',
  result: Promise.resolve({ status: 'dropped', reason: 'closed' }),
  cancel: () => false,
});
