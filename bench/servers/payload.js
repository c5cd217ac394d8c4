// What is said: about 130 bytes that are never the same twice.

let number = 0;

/** The id of the latest. */
export const lastId = () => `msg_${number}`;

/** The next message's data. */
export function payload() {
  number += 1;
  return {
    id: lastId(),
    senderId: `user_${number % 40}`,
    content: `What is said here, for the ${number}th time, is as long as people write.`,
    createdAt: '2026-01-01T00:00:00.000Z',
    kind: 'text',
    v: 1,
  };
}
