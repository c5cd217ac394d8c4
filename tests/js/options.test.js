// Options are checked at once, by name, and nothing secret is shown.
import { describe, expect, test } from 'vitest';
import { toConfig } from '../../src/js/config.js';
import { checkOptions } from '../../src/js/options.js';
import { settled } from './support/options.js';

const SECRET = 'eyJhbGciOiJIUzI1NiJ9.secret';

function refusal(options) {
  try {
    checkOptions(options);
  } catch (error) {
    expect(error).toMatchObject({
      name: 'TalkwireError',
      code: 'invalid-option',
      retryable: false,
    });
    expect(error).toBeInstanceOf(Error);
    return error.message;
  }
  throw new Error('It was taken.');
}

const allowedUrl =
  'an address with ws, wss, http or https, one relative to the page, or a function that gives one';

describe('a wrong option is named, with what it got and what is allowed', () => {
  test.each([
    [{ url: 'ftp://x' }, `Option url is 'ftp://x', but must be ${allowedUrl}.`],
    [{}, `Option url is undefined, but must be ${allowedUrl}.`],
    [{ url: '' }, `Option url is an empty string, but must be ${allowedUrl}.`],
    [{ url: null }, `Option url is null, but must be ${allowedUrl}.`],
    [{ url: 7 }, `Option url is 7, but must be ${allowedUrl}.`],
    [{ url: 'localhost:3001' }, `Option url is 'localhost:3001', but must be ${allowedUrl}.`],
    [{ url: 'ws://x:99999/' }, `Option url is 'ws://x:99999', but must be ${allowedUrl}.`],
    [
      { backoff: { minMs: -1 } },
      'Option backoff.minMs is -1, but must be a number of milliseconds from 0 to 2147483647.',
    ],
    [
      { backoff: { minMs: 40_000 } },
      'Option backoff.minMs is 40000, but must be at most backoff.maxMs, which is 30000.',
    ],
    [
      { backoff: { maxAttempts: 1.5 } },
      'Option backoff.maxAttempts is 1.5, but must be a whole number from 1 to 4294967294, or Infinity.',
    ],
    [
      { backoff: { factor: '2' } },
      "Option backoff.factor is '2', but must be a number from 1 to 1000.",
    ],
    [
      { backoff: { jitter: 'some' } },
      "Option backoff.jitter is 'some', but must be 'full' or 'none'.",
    ],
    [{ backoff: null }, 'Option backoff is null, but must be an object.'],
    [{ backoff: false }, 'Option backoff is false, but must be an object.'],
    [{ backoff: [1] }, 'Option backoff is an array, but must be an object.'],
    [{ heartbeat: true }, 'Option heartbeat is true, but must be an object, or false.'],
    [
      { heartbeat: { ping: () => {} } },
      'Option heartbeat.ping is a function, but must be something that can be written as JSON.',
    ],
    [
      { protocol: 'xmpp' },
      "Option protocol is 'xmpp', but must be 'json' or 'nest' or 'socket.io'.",
    ],
    [
      { events: { said: 'speech' } },
      "Option events is an object, but must be an object whose names are the server's events and whose values are 'message' or 'conversation' or 'typing' or 'presence' or 'agent'.",
    ],
    [
      { tokenIn: 'auth' },
      "Option tokenIn is 'auth', but must be 'query' or 'message' or 'subprotocol' where protocol is 'json'.",
    ],
    [
      { protocol: 'socket.io', tokenIn: 'message' },
      "Option tokenIn is 'message', but must be 'auth' or 'query' where protocol is 'socket.io'.",
    ],
    [{ path: 'io' }, "Option path is 'io', but must be a path that begins with /."],
    [{ namespace: '/a,b' }, "Option namespace is '/a,b', but must be a path that begins with /."],
    [
      { emits: { message: 7 } },
      'Option emits.message is 7, but must be an event name or a function.',
    ],
    [
      { emits: { typing: '' } },
      'Option emits.typing is an empty string, but must be an event name or a function.',
    ],
    [{ autoConnect: 1 }, 'Option autoConnect is 1, but must be true or false.'],
    [
      { connectTimeoutMs: Number.NaN },
      'Option connectTimeoutMs is NaN, but must be a number of milliseconds from 1 to 2147483647.',
    ],
    [{ userId: '' }, 'Option userId is an empty string, but must be a string that is not empty.'],
    [{ classifyClose: 'stop' }, "Option classifyClose is 'stop', but must be a function."],
    [
      { polling: { messages: '/messages' } },
      "Option polling.messages is '/messages', but must be a function, or a URL template with {conversationId} (and {after}).",
    ],
    [
      { polling: { messages: '/{conversationId}?since={since}' } },
      "Option polling.messages is '/{conversationId}', but must be a function, or a URL template with {conversationId} (and {after}).",
    ],
    [
      { history: { before: '/{conversationId}' } },
      "Option history.before is '/{conversationId}', but must be a function, or a URL template with {conversationId} and {before} (and {limit}).",
    ],
    [
      { polling: { safetyIntervalMs: true } },
      'Option polling.safetyIntervalMs is true, but must be a number of milliseconds from 1 to 2147483647, or false.',
    ],
    [
      { outbox: { overflow: 'drop' } },
      "Option outbox.overflow is 'drop', but must be 'reject' or 'drop-oldest'.",
    ],
  ])('%o', (wrong, message) => {
    const needed = Object.keys(wrong).length > 0 && !('url' in wrong) ? { url: '/ws' } : {};
    expect(refusal({ ...needed, ...wrong })).toBe(message);
  });

  test.each([[undefined], [null], ['wss://x'], [() => {}], [[]]])('%o is no object', (options) => {
    expect(refusal(options)).toMatch(
      /^Options are .+, but must be an object such as \{ url: '\/ws' \}\.$/,
    );
  });
});

describe('an unknown option is named, with the nearest one there is', () => {
  test.each([
    [{ bakcoff: {} }, 'There is no option bakcoff. Did you mean backoff?'],
    [{ URL: '/ws' }, 'There is no option URL. Did you mean url?'],
    [{ backoff: { minms: 1 } }, 'There is no option backoff.minms. Did you mean backoff.minMs?'],
    [
      { polling: { message: '' } },
      'There is no option polling.message. Did you mean polling.messages?',
    ],
    [{ heartbeat: { enabled: true } }, 'There is no option heartbeat.enabled.'],
    [JSON.parse('{"__proto__":{}}'), 'There is no option __proto__.'],
    [{ constructor: 1 }, 'There is no option constructor.'],
    [
      { emits: { messages: 'm' } },
      'There is no option emits.messages. Did you mean emits.message?',
    ],
    [{ reconnection: true }, 'There is no option reconnection.'],
  ])('%o', (options, message) => {
    const start = refusal({ url: '/ws', ...options });
    expect(start.startsWith(`${message} There are: `), start).toBe(true);
  });
});

test.each([
  [{ url: `ftp://user:${SECRET}@x/${SECRET}?token=${SECRET}#${SECRET}` }],
  [{ url: `wss://x y/${SECRET}?${SECRET}` }],
  [{ url: new URL(`ftp://x/?token=${SECRET}`) }],
  [{ url: '/ws', token: [SECRET] }],
  [{ url: '/ws', token: 123_456 }],
  [{ url: '/ws', tokenIn: SECRET }],
  [{ url: '/ws', backoff: SECRET }],
  [{ url: '/ws', polling: { headers: { Authorization: SECRET } } }],
  [{ url: '/ws', polling: { messages: `https://user:${SECRET}@x/?key=${SECRET}` } }],
  [{ url: '/ws', heartbeat: { ping: Symbol(SECRET) } }],
  [`wss://x?token=${SECRET}`],
])('nothing secret is shown of case %#', (options) => {
  const message = refusal(options);
  expect(message).not.toContain('secret');
  expect(message).not.toContain('123');
});

test.each([
  'ws://x',
  'wss://x/ws?token=1',
  'http://x',
  'https://x',
  '/ws',
  'ws',
  '//x/ws',
  new URL('wss://x'),
  () => 'wss://x',
])('the url may be %s', (url) => {
  expect(checkOptions({ url }).url).toBe(url);
});

/** What the engine reads, in its order. */
const NUMBERS = [
  'autoConnect',
  'connectTimeoutMs',
  'backoffMinMs',
  'backoffMaxMs',
  'backoffFactor',
  'backoffJitter',
  'backoffStableAfterMs',
  'backoffMaxAttempts',
  'heartbeat',
  'heartbeatIntervalMs',
  'heartbeatTimeoutMs',
  'customPing',
  'lingerMs',
  'pollMessages',
  'pollConversations',
  'pollSend',
  'pollMessagesIntervalMs',
  'pollConversationsIntervalMs',
  'pollStartAfterMs',
  'pollStartAfterAttempts',
  'pollSafetyIntervalMs',
  'longPolling',
  'outboxMaxMessages',
  'outboxMaxBytes',
  'outboxTtlMs',
  'outboxMessageTtlMs',
  'outboxDropOldest',
  'outboxAckTimeoutMs',
  'outboxBatchMs',
  'typingThrottleMs',
  'typingExpireMs',
  'historyMaxMessages',
  'canLoadBefore',
  'tokenRefreshable',
];

const named = (numbers) => Object.fromEntries(numbers.map((number, at) => [NUMBERS[at], number]));
const numbersOf = (options) => named(toConfig(settled(options)).numbers);

test('every group has its defaults, and undefined means the default', () => {
  const options = settled({
    url: '/ws',
    protocol: undefined,
    polling: false,
    backoff: { maxMs: 9 * 60_000 },
  });
  expect(options).toMatchObject({
    protocol: 'json',
    tokenIn: 'query',
    messageId: 'id',
    backoff: { minMs: 500, maxMs: 540_000, maxAttempts: Infinity },
    heartbeat: { enabled: true },
    polling: { enabled: false, credentials: 'same-origin' },
  });
});

test('the names of events are those of the dialect, and what the application adds', () => {
  const { events } = toConfig(
    settled({ url: '/ws', protocol: 'nest', events: { said: 'message', 'user:typing': 'agent' } }),
  );
  expect(events).toEqual({
    'message:new': 'message',
    'conversation:update': 'conversation',
    'user:typing': 'agent',
    'presence:update': 'presence',
    'agent:status': 'agent',
    said: 'message',
  });
});

test('the options are left as they were given', () => {
  const options = Object.freeze({ url: '/ws', backoff: Object.freeze({ minMs: 1 }) });
  checkOptions(options);
  expect(options).toEqual({ url: '/ws', backoff: { minMs: 1 } });
});

test('the engine gets words, numbers and flags', () => {
  const { numbers, ...words } = toConfig(settled({ url: '/ws' }));
  expect(words).toEqual({
    protocol: 'json',
    namespace: '',
    events: {},
    emits: {},
    messageId: 'id',
  });
  expect(numbers).toHaveLength(NUMBERS.length);
  expect(named(numbers)).toEqual({
    autoConnect: true,
    connectTimeoutMs: 10_000,
    backoffMinMs: 500,
    backoffMaxMs: 30_000,
    backoffFactor: 2,
    backoffJitter: true,
    backoffStableAfterMs: 5_000,
    backoffMaxAttempts: Infinity,
    heartbeat: true,
    heartbeatIntervalMs: 25_000,
    heartbeatTimeoutMs: 10_000,
    customPing: false,
    lingerMs: 250,
    pollMessages: false,
    pollConversations: false,
    pollSend: false,
    pollMessagesIntervalMs: 5_000,
    pollConversationsIntervalMs: 10_000,
    pollStartAfterMs: 6_000,
    pollStartAfterAttempts: 2,
    pollSafetyIntervalMs: 120_000,
    longPolling: false,
    outboxMaxMessages: 256,
    outboxMaxBytes: 262_144,
    outboxTtlMs: 60_000,
    outboxMessageTtlMs: Infinity,
    outboxDropOldest: false,
    outboxAckTimeoutMs: 10_000,
    outboxBatchMs: 0,
    typingThrottleMs: 3_000,
    typingExpireMs: 7_000,
    historyMaxMessages: 500,
    canLoadBefore: false,
    tokenRefreshable: false,
  });
});

test('a Socket.IO server is long-polled unless something is said of polling', () => {
  const { longPolling } = numbersOf({ url: '/', protocol: 'socket.io' });
  expect(longPolling).toBe(true);
  for (const polling of [false, {}])
    expect(numbersOf({ url: '/', protocol: 'socket.io', polling }).longPolling).toBe(false);
});

test('what can be turned off is off, what is given is on', () => {
  const messages = '/api/{conversationId}?after={after}';
  const options = {
    url: () => '/ws',
    heartbeat: false,
    backoff: { jitter: 'none', maxAttempts: 3 },
    polling: { messages, send: async () => ({}), safetyIntervalMs: false },
    outbox: { overflow: 'drop-oldest', messageTtlMs: 5, batchMs: 20 },
    history: { before: '/api/{conversationId}?before={before}&limit={limit}' },
  };
  expect(numbersOf(options)).toMatchObject({
    heartbeat: false,
    backoffJitter: false,
    backoffMaxAttempts: 3,
    pollMessages: true,
    pollConversations: false,
    pollSend: true,
    pollSafetyIntervalMs: Infinity,
    outboxDropOldest: true,
    outboxMessageTtlMs: 5,
    outboxBatchMs: 20,
    canLoadBefore: true,
    tokenRefreshable: true,
  });
  expect(numbersOf({ url: '/ws', heartbeat: { ping: { type: 'ping' } } }).customPing).toBe(true);
});
