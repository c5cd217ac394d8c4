// What compiles and what does not; checked by tsc --strict, never run.
import {
  type AgentStatus,
  type Call,
  type Client,
  type ConversationInfo,
  createClient,
  type DefaultEvents,
  type Delivery,
  type ErrorCode,
  type GapEvent,
  init,
  type Message,
  type Store,
  type StoredMessage,
  TalkwireError,
} from '../../src/js/index.js';
import { createClient as createInline } from '../../src/js/inline.js';

declare function is<Expected>(value: Expected): void;
// Options
const client = createClient({ url: '/ws' });
is<Client<DefaultEvents>>(client);
is<Client>(createInline({ url: new URL('wss://x') }));
createClient({ url: async () => '/ws', token: ({ attempt, code }) => `${attempt}${code ?? ''}` });
createClient({ url: '/ws', heartbeat: false, polling: false, backoff: { maxMs: undefined } });
createClient({
  url: '/ws',
  polling: {
    messages: async (conversationId, { after, signal }) => {
      is<string>(conversationId);
      is<string | null>(after);
      is<AbortSignal>(signal);
      return [{ id: 'm1', content: 'text', senderId: 'u1' }];
    },
    send: async (_id, { clientId, content }) => ({ id: '1', clientId, content }),
    headers: () => ({ 'X-Tenant': '1' }),
    safetyIntervalMs: false,
  },
});
createClient({
  url: '/ws',
  protocol: 'nest',
  events: { 'chat:said': 'message' },
  emits: {
    subscribe: 'join',
    message: (conversationId, data) => {
      is<string>(conversationId);
      is<unknown>(data);
      return ['say', data];
    },
  },
});
// @ts-expect-error: no such meaning
createClient({ url: '/ws', events: { said: 'speech' } });
// @ts-expect-error: a function gives a name first
createClient({ url: '/ws', emits: { typing: () => [1] } });
// @ts-expect-error: the url is needed
createClient({});
// @ts-expect-error: a misspelt option
createClient({ url: '/ws', bakcoff: {} });
// @ts-expect-error: a misspelt option inside
createClient({ url: '/ws', backoff: { minMS: 1 } });
// @ts-expect-error: the wrong kind
createClient({ url: '/ws', connectTimeoutMs: '10s' });
// @ts-expect-error: no such dialect
createClient({ url: '/ws', protocol: 'xmpp' });
// @ts-expect-error: only `false` turns it off
createClient({ url: '/ws', heartbeat: true });
// @ts-expect-error: a verdict that there is not
createClient({ url: '/ws', classifyClose: () => 'again' });

// Events
client.on('message', (event) => {
  is<'message'>(event.type);
  is<StoredMessage>(event.data);
  is<string | undefined>(event.conversationId);
  is<'socket' | 'replay' | 'poll' | 'echo'>(event.via);
  const { senderId } = event.data;
  is<unknown>(senderId);
  // @ts-expect-error: its content can be anything
  is<string>(event.data.content);
});
client.on('conversation', ({ data }) => is<ConversationInfo>(data));
client.on('typing', ({ data }) => is<boolean>(data.isTyping));
client.on('presence', ({ data }) => is<readonly string[]>(data.userIds));
client.on('agent', ({ data }) => is<AgentStatus>(data));
client.on('gap', (event) => is<GapEvent>(event));
client.on('error', ({ error }) => {
  is<TalkwireError>(error);
  is<ErrorCode>(error.code);
  // @ts-expect-error: no such code
  return error.code === 'no-such-code';
});
client.on('*', (event) => {
  if (event.type === 'typing') is<string>(event.data.userId);
  if (event.type === 'error') is<boolean>(event.error.retryable);
  // @ts-expect-error: not every event has it
  event.data.userId;
});
is<() => void>(client.on('message', () => {}));
// @ts-expect-error: no such event
client.on('mesage', () => {});
// @ts-expect-error: a payload that it does not have
client.on('typing', (event: { data: { userId: number } }) => event);

// An application's own events
interface Order {
  orderId: string;
  total: number;
}
interface ShopEvents extends DefaultEvents {
  message: StoredMessage & { content: string };
  'order:new': Order;
}
const shop = createClient<ShopEvents>({ url: '/ws' });
shop.on('order:new', ({ type, data }) => {
  is<'order:new'>(type);
  is<number>(data.total);
  // @ts-expect-error: a number
  is<string>(data.total);
});
shop.on('message', ({ data }) => is<string>(data.content));
shop.on('gap', ({ conversationId }) => is<string>(conversationId));
shop.on('*', (event) => {
  if (event.type === 'order:new') is<Order>(event.data);
});
// @ts-expect-error: no such event
shop.on('order:old', () => {});
// @ts-expect-error: no such field
shop.on('order:new', ({ data }) => data.price);
createClient<{ tick: number }>({ url: '/ws' }).on('tick', ({ data }) => is<number>(data));

// An application's own questions
is<Promise<unknown>>(client.request('anything', { at: 'all' }, { timeoutMs: 1_000 }));
interface AskingEvents extends ShopEvents {
  'order:find': Call<{ number: string }, Order[]>;
  'order:count': Call<undefined, number>;
}
const asking = createClient<AskingEvents>({ url: '/ws' });
is<Promise<Order[]>>(asking.request('order:find', { number: '7' }, { timeoutMs: 1_000 }));
is<Promise<number>>(asking.request('order:count'));
asking.send({ type: 'order:find', data: { number: '7' } });
asking.send({ event: 'order:count', data: undefined });
asking.send({ type: 'subscribe', conversationId: 'conv_1' });
asking.on('order:new', ({ data }) => is<Order>(data));
// @ts-expect-error: no such question
asking.request('order:lose', { number: '7' });
// @ts-expect-error: a number that is a string
asking.request('order:find', { number: 7 });
// @ts-expect-error: a question without what it asks with
asking.request('order:find');
// @ts-expect-error: the wrong answer
is<Promise<string>>(asking.request('order:count'));
// @ts-expect-error: no such frame
asking.send({ type: 'order:lose', data: {} });
// @ts-expect-error: a payload that it does not have
asking.send({ type: 'order:find', data: { number: 7 } });
// @ts-expect-error: a question is no event
asking.on('order:find', () => {});

// Stores and conversations
is<boolean>(client.connection.getSnapshot().isConnected);
is<Store<readonly ConversationInfo[]>>(client.conversations);
is<AgentStatus | undefined>(client.agents.getSnapshot().get('a1'));
const conversation = client.conversation('conv_1');
is<readonly Message[]>(conversation.getSnapshot().messages);
is<Delivery>(conversation.send('text'));
conversation.send({ text: 'text', attachments: [] });
conversation.hydrate([{ id: 'm1', content: 'rendered' }]);
is<Promise<void>>(conversation.loadBefore(20));
// @ts-expect-error: a number is nothing to say
conversation.send(1);
// @ts-expect-error: snapshots are immutable
conversation.getSnapshot().messages.push();
// @ts-expect-error: snapshots are immutable
conversation.getSnapshot().status = 'live';
// @ts-expect-error: a message has an id
conversation.hydrate([{ content: 'rendered' }]);

// Sending
client.send({ type: 'subscribe', conversationId: 'conv_1' }).result.then(({ status, reason }) => {
  is<'acked' | 'sent' | 'dropped'>(status);
  // @ts-expect-error: no such reason
  return reason === 'weather';
});
// @ts-expect-error: a frame is an object
client.send('text');

// The rest
is<Promise<void>>(init(new Uint8Array()));
is<number>(client.stats().framesReceived);
is<number>(client.dump().wanted);
is<Error>(new TalkwireError('internal', 'message'));
// @ts-expect-error: no such code
new TalkwireError('no-such-code', 'message');
