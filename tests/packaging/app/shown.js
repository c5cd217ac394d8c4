// A component is tested without a network: the same in every runner, with its own `expect`.
import { render, screen } from '@testing-library/react';
import { createElement } from 'react';
import { TalkwireProvider, useConversation } from 'talkwire/react';
import { createFakeServer } from 'talkwire/testing';

function Thread({ id }) {
  const { messages } = useConversation(id);
  return messages.map(({ id, content, state }) =>
    createElement('p', { key: id }, `${content} (${state})`),
  );
}

export async function isShown(expect) {
  const server = createFakeServer();
  const client = server.client();
  render(createElement(TalkwireProvider, { client }, createElement(Thread, { id: 'conv_1' })));
  server.say('conv_1', 'Hello');
  await screen.findByText('Hello (received)');
  client.conversation('conv_1').send('Hi');
  await screen.findByText('Hi (sent)');
  expect(server.subscriptions).toEqual(['conv_1']);
  server.close();
}
