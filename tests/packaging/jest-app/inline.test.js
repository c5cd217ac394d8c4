import { expect, test } from '@jest/globals';
import { createClient, init } from 'talkwire/inline';

test('everything is loaded, though jsdom lacks some of what browsers have', async () => {
  await init();
  const client = createClient({ url: 'ws://localhost:1', autoConnect: false });
  expect(client.connection.getSnapshot().phase).toBe('idle');
  client.close();
  expect(client.connection.getSnapshot().phase).toBe('closed');
});
