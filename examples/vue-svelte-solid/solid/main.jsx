import { render } from 'solid-js/web';
import { TalkwireProvider } from 'talkwire/solid';
import { options, url } from '../../vanilla/options.js';
import { Chat } from './Chat.jsx';

render(
  () => (
    <TalkwireProvider url={url} options={options}>
      <Chat />
    </TalkwireProvider>
  ),
  document.getElementById('root'),
);
