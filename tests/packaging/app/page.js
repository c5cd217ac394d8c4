// The page of the app: what is said, and what is wrong.
import { chat } from './chat.js';

export function show(createClient) {
  const query = Object.fromEntries(new URLSearchParams(location.search));
  chat(createClient, query, ({ messages }, { error }) => {
    const lines = messages.map(({ content, state }) => `${content} (${state})`);
    if (error) lines.push(`${error.code}: ${error.message}`);
    const items = lines.map((line) =>
      Object.assign(document.createElement('li'), { textContent: line }),
    );
    document.querySelector('ul').replaceChildren(...items);
  });
}
