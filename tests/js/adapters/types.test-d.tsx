// What compiles and what does not, for each framework's entry; checked by tsc --strict, never run.
import type { Accessor } from 'solid-js';
import type { Readable } from 'svelte/store';
import type { Ref } from 'vue';
import { ref } from 'vue';
import {
  type Call,
  type Client,
  type Connection,
  type ConversationInfo,
  createClient,
  type DefaultEvents,
  type Delivery,
  type EventOf,
  type Message,
  type StoredMessage,
} from '../../../src/js/index.js';
import * as react from '../../../src/js/react.js';
import * as solid from '../../../src/js/solid.js';
import * as svelte from '../../../src/js/svelte.js';
import { createFakeServer, type Frame } from '../../../src/js/testing.js';
import * as vue from '../../../src/js/vue.js';

declare function is<Expected>(value: Expected): void;
declare const initialMessages: readonly StoredMessage[];
interface Order {
  orderId: string;
}
interface ShopEvents extends DefaultEvents {
  'order:new': Order;
  'order:find': Call<{ number: string }, Order[]>;
}
const shop = createClient<ShopEvents>({ url: '/ws' });

// React
export function Page() {
  const hook = react.useWebSocket('/ws', (event) => is<EventOf<DefaultEvents, '*'>>(event));
  is<boolean>(hook.isConnected);
  is<Client | null>(hook.client);
  is<Delivery>(hook.send({ type: 'subscribe', conversationId: 'conv_1' }));
  react.useWebSocket(null);
  react.useWebSocket(new URL('wss://x'), undefined, { token: () => null });
  const { send } = react.useWebSocket<ShopEvents>('/ws', (event) => {
    if (event.type === 'order:new') is<Order>(event.data);
  });
  send({ type: 'order:find', data: { number: '7' } });
  // @ts-expect-error: no such frame
  send({ type: 'order:lose', data: {} });
  // A handler that was written for a plain WebSocket.
  react.useWebSocket(
    '/ws',
    (event: { type: string; conversationId?: string | undefined }) => event,
  );
  // @ts-expect-error: the url stands first
  react.useWebSocket('/ws', undefined, { url: '/ws' });
  // @ts-expect-error: a misspelt option
  react.useWebSocket('/ws', undefined, { heartbeet: false });

  const chat = react.useConversation('conv_1', { initialMessages });
  is<readonly Message[]>(chat.messages);
  is<Delivery>(chat.send('Hello'));
  is<Promise<void>>(chat.loadBefore());
  react.useConversation(null);
  // @ts-expect-error: an id is a string
  react.useConversation(7);
  // @ts-expect-error: a message has an id
  react.useConversation('conv_1', { initialMessages: [{ content: 'Hello' }] });
  // @ts-expect-error: snapshots are immutable
  chat.messages.push();
  is<readonly ConversationInfo[]>(react.useConversations());
  is<Connection>(react.useConnection());
  is<Connection>(react.useConnection(hook.client));
  is<Connection>(react.useConnection(shop));
  react.useClient<ShopEvents>().on('order:new', ({ data }) => is<string>(data.orderId));
  // @ts-expect-error: no such event
  react.useClient<ShopEvents>().on('order:old', () => {});
  return (
    <>
      <react.TalkwireProvider url="/ws" options={{ tokenIn: 'message' }}>
        one
      </react.TalkwireProvider>
      <react.TalkwireProvider client={shop}>other</react.TalkwireProvider>
      {/* @ts-expect-error: either a client or an address */}
      <react.TalkwireProvider>none</react.TalkwireProvider>
      {/* @ts-expect-error: not both */}
      <react.TalkwireProvider client={shop} url="/ws" />
    </>
  );
}

// Vue
const id = ref<string | null>(null);
const inVue = vue.useConversation(id, { initialMessages });
is<Readonly<Ref<readonly Message[]>>>(inVue.messages);
is<Delivery>(inVue.send('Hello'));
vue.useConversation(() => 'conv_1');
// @ts-expect-error: an id is a string
vue.useConversation(ref(7));
// @ts-expect-error: refs of snapshots are not to be written
inVue.messages.value = [];
is<boolean>(vue.useWebSocket('/ws').isConnected.value);
is<Connection>(vue.useConnection(shop).value);
is<Client<ShopEvents>>(vue.provideClient({ client: shop }));
// @ts-expect-error: neither a client nor an address
vue.provideClient({});
// @ts-expect-error: no such event
vue.useClient<ShopEvents>().on('order:old', () => {});

// Svelte
const inSvelte = svelte.useConversation(() => id.value, { initialMessages });
is<readonly Message[]>(inSvelte.messages);
svelte.useConversation('conv_1', { initialMessages: () => initialMessages });
is<Readable<{ readonly messages: readonly Message[] }>>(inSvelte);
is<Delivery>(inSvelte.send('Hello'));
// @ts-expect-error: an id is a string
svelte.useConversation(() => 7);
// @ts-expect-error: snapshots are immutable
inSvelte.messages = [];
is<Connection>(svelte.useConnection().current);
is<boolean>(svelte.useWebSocket('/ws').isConnected);
is<Client>(svelte.provideClient({ url: '/ws' }));
// @ts-expect-error: no such event
svelte.useClient<ShopEvents>().on('order:old', () => {});

// Solid
const inSolid = solid.useConversation(() => 'conv_1', { initialMessages });
is<Accessor<readonly Message[]>>(inSolid.messages);
is<Delivery>(inSolid.send('Hello'));
// @ts-expect-error: an id is a string
solid.useConversation(() => 7);
is<boolean>(solid.useWebSocket(null).isConnected());
is<Connection>(solid.useConnection()());
solid.TalkwireProvider({ url: '/ws', children: 'text' });
// @ts-expect-error: neither a client nor an address
solid.TalkwireProvider({ children: 'text' });
// @ts-expect-error: no such event
solid.useClient<ShopEvents>().on('order:old', () => {});

// Testing
const server = createFakeServer({ userId: 'me' });
is<Client<ShopEvents>>(server.client<ShopEvents>({ heartbeat: false }));
is<StoredMessage>(server.say('conv_1', 'Hello', { senderId: 'leo' }));
server.emit({ type: 'typing', conversationId: 'conv_1', data: { userId: 'leo', isTyping: true } });
is<Promise<Frame>>(server.next('message'));
is<Promise<void>>(server.advance(60_000));
// @ts-expect-error: a frame has a type
server.emit({ conversationId: 'conv_1' });
// @ts-expect-error: it has an address already
server.client({ url: '/ws' });
