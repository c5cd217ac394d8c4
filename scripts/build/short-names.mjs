// Short names between a WebAssembly module and its glue: wasm-bindgen's own carry hashes, which do not compress.

import { HEADER_BYTES, leb, Reader, section, sectionsOf } from './wasm.mjs';

const IMPORTS = 2;
const EXPORTS = 7;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** What tests and tools look for by its name. */
const KEPT = ['memory'];

/** The module and the glue with what they call each other by made short. */
export function shortNames(wasm, glue) {
  const names = new Names();
  const sections = [...sectionsOf(wasm)].map(({ id, body }) => {
    if (id === IMPORTS) return section(id, renamed(body, names, 2));
    return section(id, id === EXPORTS ? renamed(body, names, 1) : body);
  });
  return {
    wasm: Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...sections]),
    glue: glue
      .replace(/(?<=\bwasm\.)\w+/g, (name) => names.short(name))
      .replace(/(?<=^ {8})\w+(?=: \()/gm, (name) => names.short(name))
      .replace(/(?<=^ {8}")[^"]+(?=": import0)/m, (name) => names.short(name)),
  };
}

/** The short names so far. */
class Names {
  #short = new Map(KEPT.map((name) => [name, name]));

  short(name) {
    if (!this.#short.has(name)) this.#short.set(name, word(this.#short.size));
    return this.#short.get(name);
  }
}

/** Each entry is so many names, then what they stand for. */
function renamed(body, names, namesEach) {
  const reader = new Reader(body);
  const count = reader.number();
  const parts = [leb(count)];
  for (let entry = 0; entry < count; entry++) {
    for (let each = 0; each < namesEach; each++) {
      const name = Buffer.from(names.short(reader.bytes(reader.number()).toString()));
      parts.push(leb(name.length), name);
    }
    const from = reader.at;
    skipKind(reader, namesEach === 2);
    parts.push(body.subarray(from, reader.at));
  }
  return Buffer.concat(parts);
}

/** What an import or export is: a kind, and a number. */
function skipKind(reader, isImport) {
  const kind = reader.number();
  if (isImport && kind !== 0) throw new Error('only functions are imported');
  reader.number();
}

/** a, b … Z, ba, bb … */
function word(number) {
  const last = LETTERS[number % LETTERS.length];
  const rest = Math.floor(number / LETTERS.length);
  return rest === 0 ? last : word(rest) + last;
}
