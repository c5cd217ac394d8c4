// What is handed over to be sent.
import { TalkwireError } from './error.js';

let utf8;

/**
 * What is sent is what was there when `send` was called, whatever becomes of the object. Where `takesBinary`, buffers
 * inside stay what they are.
 */
export function copyOf(value, takesBinary = false) {
  try {
    const { text, buffers } = takesBinary
      ? pack(value)
      : { text: JSON.stringify(value), buffers: [] };
    if (text === undefined) throw new TypeError(`it is a ${typeof value}`);
    // There is none where jest shows a page.
    utf8 ??= new TextEncoder();
    const bytes = buffers.reduce(
      (sum, buffer) => sum + buffer.byteLength,
      utf8.encode(text).length,
    );
    return { value: buffers.length > 0 ? unpack(text, buffers) : JSON.parse(text), bytes };
  } catch (cause) {
    const message = `This cannot be sent as JSON: ${cause.message}.`;
    return { error: new TalkwireError('invalid-frame', message, false, { cause }) };
  }
}

/** JSON in which numbers stand for buffers, and those. */
function pack(value) {
  const buffers = [];
  const text = JSON.stringify(value, function (key, inner) {
    // A buffer of Node's has become something else in `inner`.
    const raw = this[key];
    const isView = ArrayBuffer.isView(raw);
    // Realms differ in whose buffers they are.
    const isBuffer = Object.prototype.toString.call(raw) === '[object ArrayBuffer]';
    if (!isView && !isBuffer) return inner;
    const { buffer, byteOffset, byteLength } = isView
      ? raw
      : { buffer: raw, byteOffset: 0, byteLength: raw.byteLength };
    buffers.push(buffer.slice(byteOffset, byteOffset + byteLength));
    return { _placeholder: true, num: buffers.length - 1 };
  });
  return { text, buffers };
}

const unpack = (text, buffers) =>
  JSON.parse(text, (_, inner) => (inner?._placeholder === true ? buffers[inner.num] : inner));

/** Random, unguessable, and there on pages without TLS, too. */
export const newId = () => crypto.getRandomValues(new Uint32Array(3)).join('-');
