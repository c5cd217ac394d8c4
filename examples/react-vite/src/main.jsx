// A support inbox with React: the same page as examples/vanilla, from the hooks of talkwire/react.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { TalkwireProvider } from 'talkwire/react';
import { me, token } from '../../vanilla/session.js';
import { Inbox } from './Inbox.jsx';
import './styles.css';

const messages = '/api/conversations/{conversationId}/messages';

const options = {
  token,
  userId: me.id,
  polling: {
    messages: `${messages}?after={after}`,
    conversations: '/api/conversations',
    send: messages,
  },
  history: { before: `${messages}?before={before}&limit={limit}` },
};

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <TalkwireProvider url="/ws" options={options}>
      <Inbox />
    </TalkwireProvider>
  </StrictMode>,
);
