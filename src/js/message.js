// Messages as snapshots show them.
import { callSafely } from './store.js';

/** A message as a snapshot shows it. */
export function shown(messageId, conversationId, data, state, clientId, draft) {
  const fields = draft ? { content: data } : asObject(data);
  const id = draft ? clientId : ownId(messageId, fields);
  const message = { ...fields, id: String(id ?? ''), conversationId, state };
  if (clientId !== undefined) message.clientId = clientId;
  return message;
}

function ownId(messageId, fields) {
  if (typeof messageId !== 'function') return fields[messageId];
  let id;
  callSafely(() => {
    id = messageId(fields);
  });
  return id;
}

const asObject = (data) => (typeof data === 'object' && data !== null ? data : { content: data });
