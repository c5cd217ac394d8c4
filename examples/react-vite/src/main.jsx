// A support inbox with React: the same page as examples/vanilla, from the hooks of talkwire/react.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { TalkwireProvider } from 'talkwire/react';
import { options, url } from '../../vanilla/options.js';
import { Inbox } from './Inbox.jsx';
import './styles.css';

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <TalkwireProvider url={url} options={options}>
      <Inbox />
    </TalkwireProvider>
  </StrictMode>,
);
