// A message goes out, and its answer comes in: the same in every runner, with its own `expect`.
import { chat } from './chat.js';

const { reply, ...asked } = JSON.parse(process.env.CHAT);

export async function isAnswered(createClient, expect) {
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
}
