// @vitest-environment jsdom
// What HTTP, or the application's own functions, reply: taken for what was asked for, or an error.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resolveDial } from '../../src/js/dial.js';
import { createHttp } from '../../src/js/http.js';
import { createClient, init } from '../../src/js/inline.js';
import { settled } from './support/options.js';
import { until } from './support/until.js';

// A server that never answers: HTTP is all there is.
vi.stubGlobal(
  'WebSocket',
  class {
    close() {}
  },
);

const { signal } = new AbortController();
const message = { id: 'm1', content: 'hello' };

/** How the engine asks for each kind of thing, and a template for it. */
const requests = {
  messages: [(http) => http.readMessages('c', 'm0', undefined, signal), '/{conversationId}'],
  before: [(http) => http.readBefore('c', 'm0', 50, signal), '/{conversationId}/{before}'],
  conversations: [(http) => http.readConversations(undefined, signal), '/list'],
  send: [(http) => http.post('c', 'k1', 'hello', false, signal), '/{conversationId}'],
};

/** What comes of it where the application's own function, and likewise a server, replies `body`. */
async function reply(kind, body) {
  const [ask, template] = requests[kind];
  const by = (how) => {
    const group = kind === 'before' ? 'history' : 'polling';
    return ask(createHttp(settled({ url: 'ws://x', [group]: { [kind]: how } })));
  };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body)));
  const { status, ...fetched } = await by(`http://x${template}`);
  const called = await by(async () => body);
  expect(fetched).toEqual(called);
  return called;
}

describe('a reply is read as what was asked for', () => {
  const odd = { id: 'm1', messages: [], conversations: [] };

  test.each([
    ['messages', [message], { messages: [message] }],
    ['messages', { messages: [message] }, { messages: [message] }],
    ['messages', { messages: [], conversations: [odd] }, { messages: [] }],
    ['before', { messages: [message] }, { messages: [message] }],
    ['conversations', [{ id: 7 }], { conversations: [{ id: 7 }] }],
    ['conversations', { conversations: [odd], messages: [] }, { conversations: [odd] }],
    ['send', odd, { item: odd }],
  ])('%s: %j', async (kind, body, expected) => {
    expect(await reply(kind, body)).toMatchObject(expected);
  });
});

describe('what is not of that shape is an error that says so', () => {
  const noPage = /no array, and has none as messages/;

  test.each([
    ['messages', null, noPage],
    ['messages', 'text', noPage],
    ['messages', {}, noPage],
    ['messages', { conversations: [] }, noPage],
    ['messages', [message, null], /Entry 1 of the reply is no message/],
    ['messages', [[message]], /Entry 0/],
    ['before', message, noPage],
    ['conversations', { messages: [] }, /none as conversations/],
    ['conversations', [{ title: 'no id' }], /no conversation with an id/],
    ['send', [message], /not the stored message/],
    ['send', null, /not the stored message/],
  ])('%s: %j', async (kind, body, problem) => {
    expect(await reply(kind, body)).toEqual({ detail: expect.stringMatching(problem) });
  });
});

describe('a plain GET of the address that was dialled last', () => {
  const answer = async (get) => {
    const options = settled({ url: 'ws://x/ws', token: 'secret' });
    await resolveDial(options, { attempt: 0 });
    const fetched = vi.fn(get);
    vi.stubGlobal('fetch', fetched);
    const reply = await createHttp(options).probe(signal);
    return { reply, fetched };
  };

  test('gives the status, and of a refusal the first words', async () => {
    const { reply, fetched } = await answer(async () => new Response('no', { status: 400 }));
    expect(reply).toEqual({ status: 400, text: 'no' });
    const [[address, how]] = fetched.mock.calls;
    expect(address).toBe('http://x/ws?token=secret');
    expect(how).toMatchObject({ mode: 'cors', cache: 'no-store', signal });
  });

  test('does not wait for the end of what never ends', async () => {
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    const { reply } = await answer(async () => new Response(body, { status: 200 }));
    expect(reply).toEqual({ status: 200, text: '' });
    expect(cancel).toHaveBeenCalled();
  });

  test('finds out at least whether anything answers where it may not be read', async () => {
    const { reply, fetched } = await answer(async (_, { mode }) => {
      if (mode === 'cors') throw new TypeError('blocked');
      return { status: 0, body: null };
    });
    expect(reply).toEqual({ status: 0, text: '' });
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test('tells of a failure without the address', async () => {
    const { reply } = await answer(async (address) => {
      throw new TypeError(`cannot fetch ${address}`);
    });
    expect(reply).toEqual({ detail: 'a plain GET fails, too' });
  });
});

describe('in a client', () => {
  let client;
  const errors = [];

  function poll(polling) {
    client = createClient({
      url: 'ws://x',
      connectTimeoutMs: 600_000,
      polling: { startAfterMs: 0, ...polling },
    });
    errors.length = 0;
    client.on('error', (event) => errors.push(event));
  }

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    client.close();
  });

  const failures = () => errors.filter(({ error }) => error.code === 'poll-failed');

  test('a page of the wrong shape is told once, and read again until it is one', async () => {
    const messages = vi.fn(async () => [message]).mockResolvedValueOnce({ ok: true });
    poll({ messages });
    const conversation = client.conversation('c');
    conversation.subscribe(() => {});
    await until(() => expect(failures()).toHaveLength(1));
    expect(failures()[0]).toMatchObject({
      conversationId: 'c',
      error: { retryable: true, message: expect.stringContaining('none as messages') },
    });
    await until(() => expect(conversation.getSnapshot().messages).toMatchObject([message]));
    expect(failures()).toHaveLength(1);
  });

  test('a post is tried again, under the same id, until the reply is the stored message', async () => {
    const stored = { ...message, messages: [], conversations: [] };
    const send = vi.fn(async () => stored).mockResolvedValueOnce([stored]);
    poll({ send });
    const { id, result } = client.conversation('c').send('hello');
    expect(await result).toEqual({ status: 'acked', data: stored });
    expect(send.mock.calls.map(([, { clientId }]) => clientId)).toEqual([id, id]);
    expect(failures()).toMatchObject([{ conversationId: 'c' }]);
  });

  test.each(['a function', 'a template'])(
    'what %s does not bring within 20 s is called off, and ignored when it comes late',
    async (kind) => {
      const calls = [];
      const hang = (signal) =>
        new Promise((resolve) => {
          calls.push({ signal, resolve });
        });
      vi.stubGlobal('fetch', (_, { signal }) => hang(signal));
      await init();
      vi.useFakeTimers();
      // Vitest's clock does not move this one.
      vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(), ms);
        return controller.signal;
      });
      poll({
        messages:
          kind === 'a function' ? (_, { signal }) => hang(signal) : 'http://x/{conversationId}',
      });
      const conversation = client.conversation('c');
      conversation.subscribe(() => {});
      await vi.waitFor(() => expect(calls).toHaveLength(1));
      await vi.advanceTimersByTimeAsync(19_000);
      expect(calls[0].signal.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(calls[0].signal.aborted).toBe(true);
      expect(failures()[0].error.message).toContain('no reply in time');
      const late = [message];
      calls[0].resolve(kind === 'a function' ? late : new Response(JSON.stringify(late)));
      await vi.advanceTimersByTimeAsync(100);
      expect(conversation.getSnapshot().messages).toEqual([]);
      // Each look lets 50 ms pass.
      await vi.waitFor(() => expect(calls).toHaveLength(2), { timeout: 20_000 });
      const next = [{ ...message, id: 'm2' }];
      calls[1].resolve(kind === 'a function' ? next : new Response(JSON.stringify(next)));
      await vi.waitFor(() => expect(conversation.getSnapshot().messages).toMatchObject(next));
    },
  );
});
