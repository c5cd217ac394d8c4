// The order of a module’s functions: one that is like the one before takes fewer bytes when it is compressed.

import { leb, Reader, section, sectionsOf } from './wasm.mjs';

const CUSTOM = 0;
const IMPORTS = 2;
const CODE = 10;
const FUNCTION_NAMES = 1;
/** So many bytes in a row must be the same for compression to find them. */
const RUN_BYTES = 4;

/** The module with names for its functions; sorted by these, what is alike stands together. */
export function namedByLikeness(wasm) {
  const bodies = new Map([...sectionsOf(wasm)].map(({ id, body }) => [id, body]));
  const imported = new Reader(bodies.get(IMPORTS)).number();
  const code = new Reader(bodies.get(CODE));
  const functions = Array.from({ length: code.number() }, () => code.bytes(code.number()));
  const names = [];
  for (const [place, index] of chain(functions).entries())
    names[index] = Buffer.concat([leb(imported + index), text(String(place).padStart(5, '0'))]);
  const all = Buffer.concat([leb(names.length), ...names]);
  const body = [text('name'), leb(FUNCTION_NAMES), leb(all.length), all];
  return Buffer.concat([wasm, section(CUSTOM, Buffer.concat(body))]);
}

/** The indices of all, beginning with the shortest, each followed by that of which it has the most. */
function chain(functions) {
  const runs = functions.map(runsOf);
  const holders = new Map();
  for (const [index, own] of runs.entries())
    for (const run of own) holders.set(run, [...(holders.get(run) ?? []), index]);
  const left = new Set(runs.keys());
  const order = [];
  let next = best(left, (index) => -functions[index].length);
  while (next !== undefined) {
    left.delete(next);
    order.push(next);
    const shared = new Map();
    for (const run of runs[next])
      for (const index of holders.get(run)) shared.set(index, (shared.get(index) ?? 0) + 1);
    next = best(left, (index) => (shared.get(index) ?? 0) / (1 + runs[index].size));
  }
  return order;
}

function runsOf(bytes) {
  const runs = new Set();
  for (let at = 0; at + RUN_BYTES <= bytes.length; at++) runs.add(bytes.readUIntBE(at, RUN_BYTES));
  return runs;
}

function best(indices, score) {
  let found;
  for (const index of indices)
    if (found === undefined || score(index) > score(found)) found = index;
  return found;
}

const text = (string) => Buffer.concat([leb(string.length), Buffer.from(string)]);
