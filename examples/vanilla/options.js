// What a client of this chat is told; the examples with a framework tell theirs the same.
import { me, token } from './session.js';

const messages = '/api/conversations/{conversationId}/messages';

export const url = '/ws';

export const options = {
  token,
  userId: me.id,
  polling: {
    messages: `${messages}?after={after}`,
    conversations: '/api/conversations',
    send: messages,
  },
  history: { before: `${messages}?before={before}&limit={limit}` },
};
