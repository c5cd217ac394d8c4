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

const ownId = (messageId, fields) =>
  typeof messageId === 'function' ? ask(messageId, fields) : fields[messageId];

const asObject = (data) => (typeof data === 'object' && data !== null ? data : { content: data });
