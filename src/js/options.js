// Every option there is, and what it may be. Defaults come with the engine (config.js).
import { socketUrl } from './address.js';
import { copyOf } from './delivery.js';
import { TalkwireError } from './error.js';

/** The longest time that a browser's timer can count, in milliseconds. */
const MAX_MS = 2 ** 31 - 1;
const MAX_COUNT = 2 ** 32 - 2;

const isText = (value) => typeof value === 'string' && value !== '';
const isFunction = (value) => typeof value === 'function';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// Rules: of a value they say true, or what would be allowed.
const number =
  (min, max, what = 'a number', fits = Number.isFinite) =>
  (value) =>
    (fits(value) && value >= min && value <= max) || `${what} from ${min} to ${max}`;
const ms = number(0, MAX_MS, 'a number of milliseconds');
const positiveMs = number(1, MAX_MS, 'a number of milliseconds');
const count = number(1, MAX_COUNT, 'a whole number', Number.isInteger);
const or = (other, rule) => {
  const either = (value) => {
    const verdict = value === other || rule(value);
    return verdict === true || `${verdict}, or ${other}`;
  };
  return Object.assign(either, { table: rule.table });
};
const group = (table) => Object.assign((value) => isObject(value) || 'an object', { table });
const oneOf =
  (...values) =>
  (value) =>
    values.includes(value) || values.map((one) => `'${one}'`).join(' or ');
const flag = (value) => typeof value === 'boolean' || 'true or false';
const text = (value) => isText(value) || 'a string that is not empty';
const textOrFunction = (value) =>
  typeof value === 'string' || isFunction(value) || 'a string or a function';
const functionOnly = (value) => isFunction(value) || 'a function';
const json = (value) => !copyOf(value).error || 'something that can be written as JSON';
const address = (value) =>
  isFunction(value) ||
  socketUrl({}, value, 'ws://page') !== null ||
  'an address with ws, wss, http or https, one relative to the page, or a function that gives one';
const template = (needed, optional) => (value) => {
  const names = isText(value) ? (value.match(/\{.*?\}/g) ?? []) : [''];
  const fits =
    needed.every((name) => names.includes(name)) &&
    names.every((name) => needed.includes(name) || name === optional);
  const needs = needed.length ? ` with ${needed.join(' and ')}` : '';
  const may = optional ? ` (and ${optional})` : '';
  return isFunction(value) || fits || `a function, or a URL template${needs}${may}`;
};

const MEANINGS = ['message', 'conversation', 'typing', 'presence', 'agent'];
const meanings = (value) =>
  (isObject(value) && Object.values(value).every((meaning) => MEANINGS.includes(meaning))) ||
  `an object whose names are the server's events and whose values are ${oneOf(...MEANINGS)()}`;
const slashed = (value) =>
  (isText(value) && /^\/[^,?#]*$/.test(value)) || 'a path that begins with /';
const wordsFor = (value) => isText(value) || isFunction(value) || 'an event name or a function';

const OPTIONS = group({
  url: address,
  protocol: oneOf('json', 'nest', 'socket.io'),
  path: slashed,
  namespace: slashed,
  token: textOrFunction,
  tokenIn: oneOf('query', 'message', 'subprotocol', 'auth'),
  userId: text,
  autoConnect: flag,
  connectTimeoutMs: positiveMs,
  backoff: group({
    minMs: ms,
    maxMs: ms,
    factor: number(1, 1_000),
    jitter: oneOf('full', 'none'),
    stableAfterMs: ms,
    maxAttempts: or(Infinity, count),
  }),
  classifyClose: functionOnly,
  heartbeat: or(false, group({ intervalMs: positiveMs, timeoutMs: positiveMs, ping: json })),
  lingerMs: ms,
  polling: or(
    false,
    group({
      messages: template(['{conversationId}'], '{after}'),
      conversations: template([]),
      send: template(['{conversationId}']),
      headers: functionOnly,
      credentials: oneOf('same-origin', 'omit', 'include'),
      messagesIntervalMs: positiveMs,
      conversationsIntervalMs: positiveMs,
      startAfterMs: ms,
      startAfterAttempts: count,
      safetyIntervalMs: or(false, positiveMs),
    }),
  ),
  outbox: group({
    maxMessages: count,
    maxBytes: count,
    ttlMs: positiveMs,
    messageTtlMs: or(Infinity, positiveMs),
    overflow: oneOf('reject', 'drop-oldest'),
    ackTimeoutMs: positiveMs,
    batchMs: ms,
  }),
  typing: group({ throttleMs: ms, expireMs: positiveMs }),
  history: group({
    maxMessages: count,
    before: template(['{conversationId}', '{before}'], '{limit}'),
  }),
  messageId: textOrFunction,
  events: meanings,
  emits: group({
    subscribe: wordsFor,
    unsubscribe: wordsFor,
    message: wordsFor,
    typing: wordsFor,
  }),
});

const REQUEST = {
  timeoutMs: or(Infinity, positiveMs),
  signal: (value) => value === null || isFunction(value.addEventListener) || 'an AbortSignal',
};
/** The defaults of what is needed before there is an engine; it brings the others (config.js). */
const DEFAULTS = {
  backoff: { minMs: 500, maxMs: 30_000 },
  outbox: {
    maxMessages: 256,
    maxBytes: 262_144,
    ttlMs: 60_000,
    messageTtlMs: Infinity,
    overflow: 'reject',
  },
};

/** A copy of what is given, or a TalkwireError that names the first wrong option. */
export function checkOptions(options) {
  if (!isObject(options)) {
    fail(`Options are ${kind(options)}, but must be an object such as { url: '/ws' }.`);
  }
  const checked = checkAll(OPTIONS.table, { url: undefined, ...options }, '');
  for (const [name, group] of Object.entries(DEFAULTS))
    checked[name] = { ...group, ...checked[name] };
  const { minMs, maxMs } = checked.backoff;
  const { protocol = 'json' } = checked;
  const places = protocol === 'socket.io' ? ['auth', 'query'] : ['query', 'message', 'subprotocol'];
  checked.tokenIn ??= places[0];
  if (!places.includes(checked.tokenIn)) {
    refuse('tokenIn', checked.tokenIn, `${oneOf(...places)()} where protocol is '${protocol}'`);
  }
  if (minMs > maxMs) refuse('backoff.minMs', minMs, `at most backoff.maxMs, which is ${maxMs}`);
  return checked;
}

/** The same for the options of one request. */
export const checkRequest = (options) => checkAll(REQUEST, options ?? {}, '');

function checkAll(table, given, path) {
  const checked = {};
  for (const [name, value] of Object.entries(given)) {
    const place = path + name;
    if (!Object.hasOwn(table, name)) refuseUnknown(path, name, Object.keys(table));
    if (value === undefined && place !== 'url') continue;
    const rule = table[name];
    const verdict = rule(value);
    if (verdict !== true) refuse(place, value, verdict);
    checked[name] = rule.table && value ? checkAll(rule.table, value, `${place}.`) : value;
  }
  return checked;
}

function refuse(path, value, allowed) {
  const got = path === 'token' ? kind(value) : shown(value);
  fail(`Option ${path} is ${got}, but must be ${allowed}.`);
}

function refuseUnknown(path, name, names) {
  const guess = nearest(name, names);
  const hint = guess ? ` Did you mean ${path}${guess}?` : '';
  fail(`There is no option ${path}${name}.${hint} There are: ${names.join(', ')}.`);
}

function fail(message) {
  throw new TalkwireError('invalid-option', message);
}

// What was given, so that a mistake is seen and a secret is not.

function kind(value) {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (value === '') return 'an empty string';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}

/** Of a string, where it leads to; or all of it, if it is too short for a secret. */
function shown(value) {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const address = value?.href ?? value;
  const harmless = /^(?:[\w+.-]*:?\/\/[\w.:[\]-]*|\/[^?#]*|[\w.:-]{1,16}$)/;
  const found = isText(address) && address.replace(/\/\/[^/?#]*@/, '//').match(harmless);
  return found ? `'${found[0]}'` : kind(value);
}

/** The name that was probably meant, if any is near: the one with the fewest other letters. */
function nearest(wrong, names) {
  const distances = names.map((name) => strangers(wrong, name) + strangers(name, wrong));
  const least = Math.min(...distances);
  return least < wrong.length / 3 ? names[distances.indexOf(least)] : undefined;
}

/** How many letters of one the other has not, whatever their case. */
const strangers = (one, other) =>
  [...one.toLowerCase()].filter((letter) => !other.toLowerCase().includes(letter)).length;
