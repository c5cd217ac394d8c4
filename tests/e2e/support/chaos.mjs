// Faults by chance. The same seed draws the same ones, one after the other.
import { setTimeout as pause } from 'node:timers/promises';

/** What can happen to connections; `links` is undefined where all are meant. */
const BEGIN = {
  cut: (proxy, { links }) => proxy.cut(links),
  refuse: (proxy) => {
    proxy.refuse();
    proxy.cut();
  },
  freeze: (proxy, { way, links }) => proxy.freeze(way, links),
  lose: (proxy, { links }) => proxy.freeze('both', links),
  delay: (proxy, { delayMs, links }) => proxy.delay(delayMs, links),
  'cut in a frame': (proxy, { bytes, way, links }) => proxy.cutAfter(bytes, way, links),
};

const END = {
  // Something on the way has forgotten the connection.
  lose: (proxy, { links }) => proxy.cut(links),
};

export const KINDS = Object.keys(BEGIN);

/** Draws so many faults, each kind as often as the others. */
export function drawFaults(seed, count) {
  const random = mulberry32(seed);
  const below = (limit) => Math.floor(random() * limit);
  const one = (list) => list[below(list.length)];
  return Array.from({ length: count }, (_, index) => ({
    kind: KINDS[index % KINDS.length],
    order: random(),
    way: one(['up', 'down', 'both']),
    /** Which connection it hits, as a fraction of all; `null`: every one. */
    which: one([null, random()]),
    delayMs: 20 + below(300),
    bytes: 1 + below(2_000),
    lastsMs: 50 + below(1_500),
    calmMs: below(500),
  })).sort((one, other) => one.order - other.order);
}

/** Lets one happen, ends it, and leaves a moment of calm. */
export async function strike(proxy, fault) {
  const { links } = proxy;
  const hit = fault.which === null ? undefined : [links[Math.floor(fault.which * links.length)]];
  const struck = { ...fault, links: hit?.filter(Boolean) };
  BEGIN[fault.kind](proxy, struck);
  await pause(fault.lastsMs);
  END[fault.kind]?.(proxy, struck);
  proxy.resume();
  await pause(fault.calmMs);
}

/** A small generator of numbers from 0 to 1, by Tommy Ettinger. */
function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
