// What is handed over to be sent, and what becomes of it.
import { TalkwireError } from './error.js';

const utf8 = new TextEncoder();

/** What `send` gives. */
export function delivery(id, settled, cancel) {
  return Object.freeze({ id, result: settled, cancel });
}

/** How a send ended. */
export function result(status, reason, data) {
  const fields = { status };
  if (reason !== undefined) fields.reason = reason;
  if (data !== undefined) fields.data = data;
  return Object.freeze(fields);
}

/** What is sent is what was there when `send` was called, whatever becomes of the object. */
export function copyOf(value) {
  try {
    const text = JSON.stringify(value);
    if (text === undefined) throw new TypeError(`${typeof value} cannot be sent as JSON`);
    return { value: JSON.parse(text), bytes: utf8.encode(text).length };
  } catch (cause) {
    const message = `This cannot be sent: ${cause.message}. Send what JSON can hold.`;
    return { error: new TalkwireError('invalid-frame', message, false, { cause }) };
  }
}

/** Random, unguessable, and there on pages without TLS, too. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
