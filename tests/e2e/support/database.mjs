// What is stored, as a gateway that has only just been started on the same file reads it.
import { startGateway } from './gateway.mjs';

const PAGE = 100;

/** All messages of a conversation, oldest first. */
export async function storedMessages(t, database, conversationId) {
  const reader = await startGateway(t, { database });
  const path = `/conversations/${encodeURIComponent(conversationId)}/messages`;
  const all = [];
  for (;;) {
    const { messages } = await reader.api(
      'GET',
      `${path}?after=${all.at(-1)?.offset ?? 0}&limit=${PAGE}`,
    );
    if (messages.length === 0) break;
    all.push(...messages);
  }
  await reader.stop();
  return all;
}
