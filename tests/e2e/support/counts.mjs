// How many sockets, subscribe and unsubscribe frames a gateway was sent, as its own log tells.
import assert from 'node:assert/strict';
import { isDeepStrictEqual, stripVTControlCharacters } from 'node:util';
import { startGateway } from './gateway.mjs';
import { until } from './until.mjs';

const LINES = {
  sockets: /: joined connection=/g,
  subscribes: /: subscribed connection=/g,
  unsubscribes: /: unsubscribed connection=/g,
};

/** Starts a gateway that counts; see `startGateway`. */
export async function startCountingGateway(t, { env, ...options } = {}) {
  const log = { RUST_LOG: 'info,talkwire_gateway=debug' };
  return new Counts(t, await startGateway(t, { ...options, env: { ...env, ...log } }));
}

class Counts {
  #t;
  #before = { sockets: 0, subscribes: 0, unsubscribes: 0 };

  constructor(t, gateway) {
    this.#t = t;
    this.gateway = gateway;
  }

  /** Waits until so many came since it was last asked, and tells of it. */
  async come(what, [sockets, subscribes, unsubscribes]) {
    const expected = { sockets, subscribes, unsubscribes };
    const isThere = () => isDeepStrictEqual(this.#since(), expected);
    await until(what, isThere, { timeoutMs: 10_000 }).catch(() => {
      assert.deepEqual(this.#since(), expected, what);
    });
    this.#before = this.#now();
    this.#t.diagnostic(`${what} | ${sockets} | ${subscribes} | ${unsubscribes}`);
  }

  /** Nothing came since it was last asked, and nothing more will. */
  async end() {
    await this.gateway.stop();
    assert.deepEqual(this.#since(), { sockets: 0, subscribes: 0, unsubscribes: 0 });
  }

  #since() {
    const now = Object.entries(this.#now());
    return Object.fromEntries(now.map(([name, count]) => [name, count - this.#before[name]]));
  }

  #now() {
    const log = stripVTControlCharacters(this.gateway.log);
    const count = ([name, line]) => [name, log.match(line)?.length ?? 0];
    return Object.fromEntries(Object.entries(LINES).map(count));
  }
}
