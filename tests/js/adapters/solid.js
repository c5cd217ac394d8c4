// The page of adapters.test.js with Solid.
import { createComponent, createSignal, For } from 'solid-js';
import html from 'solid-js/html';
import { render } from 'solid-js/web';
import * as talkwire from '../../../src/js/solid.js';

export function mount(container, { provided, ...given }) {
  const [url, setUrl] = createSignal(given.url);
  const [id, setId] = createSignal(given.id);
  const page = { setUrl, setId };
  function Thread() {
    page.chat = talkwire.useConversation(id, given);
    const connection = talkwire.useConnection();
    const list = talkwire.useConversations();
    const agents = talkwire.useAgents();
    const head = () => [connection().phase, list()[0]?.title, ...agents().keys()].join(' ');
    return html`<p>${head}</p><${For} each=${page.chat.messages}>${({ id }) => html`<li>${id}</li>`}<//>`;
  }
  function Status() {
    const { send, isConnected, client } = talkwire.useWebSocket(
      url,
      given.onMessage,
      given.options,
    );
    Object.assign(page, { send, client });
    return html`<b>${() => String(isConnected())}</b>`;
  }
  const provide = () =>
    createComponent(talkwire.TalkwireProvider, {
      ...provided,
      get children() {
        return createComponent(Thread, {});
      },
    });
  page.unmount = render(() => [createComponent(Status, {}), provided && provide()], container);
  return page;
}

/** Calls one of them where there is no provider. */
export const alone = (use) => {
  render(() => void use(talkwire), document.createElement('div'));
};
