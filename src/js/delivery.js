// What is handed over to be sent.
import { TalkwireError } from './error.js';

const utf8 = new TextEncoder();

/** What is sent is what was there when `send` was called, whatever becomes of the object. */
export function copyOf(value) {
  try {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`it is a ${typeof value}`);
    return { value: JSON.parse(text), bytes: utf8.encode(text).length };
  } catch (cause) {
    const message = `This cannot be sent as JSON: ${cause.message}.`;
    return { error: new TalkwireError('invalid-frame', message, false, { cause }) };
  }
}

/** Random, unguessable, and there on pages without TLS, too. */
export const newId = () => crypto.getRandomValues(new Uint32Array(3)).join('-');
