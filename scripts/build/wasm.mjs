// The binary format of WebAssembly, as far as it is read and written here (WebAssembly core, 5).

export const HEADER_BYTES = 8;

/** The sections of a module, in order. */
export function* sectionsOf(wasm) {
  const reader = new Reader(wasm, HEADER_BYTES);
  while (reader.at < wasm.length)
    yield { id: reader.number(), body: reader.bytes(reader.number()) };
}

/** A section as it is written. */
export const section = (id, body) => Buffer.concat([Buffer.from([id]), leb(body.length), body]);

/** Reads from bytes, one after the other. */
export class Reader {
  #bytes;

  constructor(bytes, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  bytes(length) {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  /** A whole number as LEB128 (WebAssembly core, 5.2.2). */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const [byte] = this.bytes(1);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** A whole number as LEB128. */
export function leb(number) {
  const bytes = [];
  let rest = number;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
