// Messages as snapshots show them.
import { ask } from './safely.js';

/** A message as a snapshot shows it. */
export function shown(messageId, conversationId, data, state, clientId, draft) {
  const fields = draft ? { content: data } : asObject(data);
  const id = draft ? clientId : ownId(messageId, fields);
  const message = { ...fields, id: String(id ?? ''), conversationId, state };
  if (clientId !== undefined) message.clientId = clientId;
  return message;
}

/** What a server rendered, as it is shown, by what that was made of. */
export const rendered = new WeakMap();

/** A frame as an event: what it means, beside the server's own name for it where they differ. */
export function titled(frame, type, conversationId) {
  if (frame.type !== type) {
    frame.event ??= frame.type;
    frame.type = type;
  }
  if (conversationId !== undefined) frame.conversationId = conversationId;
  return frame;
}

const ownId = (messageId, fields) =>
  typeof messageId === 'function' ? ask(messageId, fields) : fields[messageId];

const asObject = (data) => (typeof data === 'object' && data !== null ? data : { content: data });
