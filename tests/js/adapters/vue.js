// The page of adapters.test.js with Vue.
import { createApp, createSSRApp, h, shallowRef } from 'vue';
import * as talkwire from '../../../src/js/vue.js';

/** Makes the page; it shows what is given, and `set` gives something else. */
export function pageOf({ provided, ...given }) {
  const [url, id] = [shallowRef(given.url), shallowRef(given.id)];
  const page = { url, id };
  const Thread = {
    setup() {
      page.chat = talkwire.useConversation(id, given);
      const connection = talkwire.useConnection();
      const list = talkwire.useConversations();
      const agents = talkwire.useAgents();
      return () => [
        h('p', [connection.value.phase, list.value[0]?.title, ...agents.value.keys()].join(' ')),
        page.chat.messages.value.map(({ id }) => h('li', { key: id }, id)),
      ];
    },
  };
  const Status = {
    setup() {
      page.socket = talkwire.useWebSocket(url, given.onMessage, given.options);
      return () => h('b', String(page.socket.isConnected.value));
    },
  };
  const Root = {
    render: () => [
      h(Status),
      provided && h(talkwire.TalkwireProvider, provided, { default: () => h(Thread) }),
    ],
  };
  return { page, Root };
}

export function mount(container, given) {
  const { page, Root } = pageOf(given);
  const app = (container.hasChildNodes() ? createSSRApp : createApp)(Root);
  app.mount(container);
  return {
    chat: page.chat,
    send: page.socket.send,
    client: () => page.socket.client.value,
    setId: (id) => {
      page.id.value = id;
    },
    setUrl: (url) => {
      page.url.value = url;
    },
    unmount: () => app.unmount(),
  };
}

/** Calls one of them where there is no provider. */
export function alone(use) {
  const app = createApp({ setup: () => void use(talkwire), render: () => null });
  app.config.warnHandler = () => {};
  app.mount(document.createElement('div'));
}
