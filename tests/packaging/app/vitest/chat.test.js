import { createClient } from 'talkwire';
import { expect, test } from 'vitest';
import { chat } from '../chat.js';

const { reply, ...asked } = JSON.parse(process.env.CHAT);

test('a message goes out, and its answer comes in', async () => {
  const messages = await new Promise((resolve) => {
    const client = chat(createClient, asked, ({ messages }) => {
      if (messages.every(({ content }) => content !== reply)) return;
      client.close();
      resolve(messages);
    });
  });
  expect(messages.map(({ content, state }) => `${content} (${state})`)).toEqual([
    `${asked.text} (sent)`,
    `${reply} (received)`,
  ]);
}, 60_000);
