'use client';
// React hooks: thin adapters over the stores of a client.
import { useEffect, useInsertionEffect, useReducer, useState, useSyncExternalStore } from 'react';
import { inside } from './client.js';
import { share } from './share.js';

const neverChanges = () => () => {};
const no = () => false;

/** What one component has of a shared client. */
class Line {
  #shared = null;
  #holder = null;
  #onMessage;

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
  open(shared) {
    const stop = shared.client.on('*', (event) => this.#onMessage?.(event));
    shared.acquire();
    return () => {
      stop();
      if (shared === this.#shared) this.#letGo();
      shared.release();
    };
  }

  #letGo() {
    const holder = this.#holder;
    if (holder !== null) inside(this.#shared.client).do(({ core }) => core.unholdAll(holder));
    this.#holder = null;
  }
}

/** A connection for as long as the component is there; see react.d.ts. */
export function useWebSocket(url, onMessage, options) {
  const shared = url == null ? null : share(url, options);
  const client = shared?.client ?? null;
  const [line] = useState(() => new Line());
  const [, renderAgain] = useReducer((count) => count + 1, 0);

  useInsertionEffect(() => line.update(shared, url, onMessage, options));
  useEffect(() => {
    if (shared && !shared.isOver) return line.open(shared);
    // The client may have ended while the component was hidden.
    if (shared) renderAgain();
    return undefined;
  }, [line, shared]);

  const isConnected = useSyncExternalStore(
    client?.connection.subscribe ?? neverChanges,
    client ? () => client.connection.getSnapshot().isConnected : no,
    no,
  );
  return { send: line.send, isConnected, client };
}

function notSent() {
  const result = Promise.resolve({ status: 'dropped', reason: 'closed' });
  return { id: '', result, cancel: no };
}
