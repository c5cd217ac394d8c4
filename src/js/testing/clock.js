// Time that runs as always, and can be advanced: for all in the page, so that nothing there disagrees.

const FRAME_MS = 16;

/** In the place of the page's own clocks and timers from `install` to `uninstall`. */
export class Clock {
  #aheadMs = 0;
  #timers = new Map();
  #replaced = [];
  #own;

  /** The milliseconds of `performance.now()`. */
  now = () => this.#own.now() + this.#aheadMs;

  install() {
    const { performance, Date: OwnDate, setTimeout, clearTimeout } = globalThis;
    const now = performance.now.bind(performance);
    this.#own = { now, OwnDate, setTimeout, clearTimeout };
    this.#replace(performance, 'now', this.now);
    this.#replace(globalThis, 'Date', this.#date());
    const starting =
      (kind) =>
      (call, delayMs, ...args) =>
        this.#start({ call: () => call(...args), delayMs: Math.max(0, delayMs || 0), ...kind });
    this.#replace(globalThis, 'setTimeout', starting({}));
    this.#replace(globalThis, 'setInterval', starting({ repeats: true }));
    this.#replace(globalThis, 'requestAnimationFrame', (call) =>
      this.#start({ call: () => call(this.now()), delayMs: FRAME_MS, isFrame: true }),
    );
    for (const name of ['clearTimeout', 'clearInterval', 'cancelAnimationFrame'])
      this.#replace(globalThis, name, (handle) => this.#stop(handle));
  }

  /** What is still to come does so in its own time. */
  uninstall() {
    for (const [object, name, descriptor] of this.#replaced.splice(0)) {
      if (descriptor) Object.defineProperty(object, name, descriptor);
      else delete object[name];
    }
  }

  /** All that is due within this time happens, in order; then what has changed is shown. */
  async advance(ms) {
    const end = this.now() + ms;
    await this.settle();
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#aheadMs += Math.max(0, next.dueMs - this.now());
      this.#fire(next);
      await this.settle();
    }
    this.#aheadMs += Math.max(0, end - this.now());
    for (const timer of [...this.#timers.values()]) {
      if (timer.isFrame) this.#fire(timer);
      else this.#arm(timer);
    }
    await this.settle();
  }

  /** All that follows from what has happened has happened, as far as it needs no time. */
  settle() {
    return new Promise((resolve) => this.#own.setTimeout(resolve));
  }

  #start({ delayMs, ...timer }) {
    Object.assign(timer, { delayMs, dueMs: this.now() + delayMs });
    timer.handle = this.#arm(timer);
    this.#timers.set(timer.handle, timer);
    return timer.handle;
  }

  #stop(handle) {
    const timer = this.#timers.get(handle);
    this.#own.clearTimeout(timer ? timer.armed : handle);
    this.#timers.delete(handle);
  }

  #arm(timer) {
    this.#own.clearTimeout(timer.armed);
    timer.armed = this.#own.setTimeout(() => this.#fire(timer), timer.dueMs - this.now());
    return timer.armed;
  }

  #fire(timer) {
    if (timer.repeats) {
      timer.dueMs += Math.max(1, timer.delayMs);
      this.#arm(timer);
    } else {
      this.#stop(timer.handle);
    }
    timer.call();
  }

  #nextUntil(end) {
    const due = [...this.#timers.values()].filter(({ dueMs }) => dueMs <= end);
    return due.sort((one, other) => one.dueMs - other.dueMs)[0];
  }

  #date() {
    const { OwnDate } = this.#own;
    const now = () => OwnDate.now() + Math.round(this.#aheadMs);
    return new Proxy(OwnDate, {
      construct: (target, args, made) =>
        Reflect.construct(target, args.length > 0 ? args : [now()], made),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
  }

  #replace(object, name, value) {
    this.#replaced.push([object, name, Object.getOwnPropertyDescriptor(object, name)]);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
  }
}
