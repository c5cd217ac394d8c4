// The client's options, the same in all three.
import { me, token } from '../vanilla/session.js';

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
};
