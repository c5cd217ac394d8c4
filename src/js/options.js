// Every option there is: what it may be, and what it is when nobody says.
import { toUrl } from './dial.js';
import { TalkwireError } from './error.js';

/** The longest time that a browser's timer can count, in milliseconds. */
const MAX_MS = 2 ** 31 - 1;

/** What the engine reads as no limit. */
const NO_LIMIT = 2 ** 32 - 1;

const isText = (value) => typeof value === 'string' && value !== '';
const isFunction = (value) => typeof value === 'function';
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// Kinds of options. `show` is for those whose value must not be shown as it is.
const rule = (allowed, accepts, byDefault, show = word) => ({ allowed, accepts, byDefault, show });
const number = (what, min, max, byDefault, fits = Number.isFinite) =>
  rule(
    `${what} from ${min} to ${max}`,
    (value) => fits(value) && value >= min && value <= max,
    byDefault,
  );
const ms = (byDefault, min = 0) => number('a number of milliseconds', min, MAX_MS, byDefault);
const count = (byDefault) => number('a whole number', 1, NO_LIMIT - 1, byDefault, Number.isInteger);
const or = (other, { allowed, accepts, byDefault = other }) =>
  rule(`${allowed}, or ${other}`, (value) => value === other || accepts(value), byDefault);
const oneOf = (...values) =>
  rule(
    values.map((value) => `'${value}'`).join(' or '),
    (value) => values.includes(value),
    values[0],
  );
const flag = (byDefault) => rule('true or false', (value) => typeof value === 'boolean', byDefault);
const text = rule('a string that is not empty', isText);
const textOrFunction = (byDefault, show) =>
  rule(
    'a string or a function',
    (value) => typeof value === 'string' || isFunction(value),
    byDefault,
    show,
  );
const functionOnly = rule('a function', isFunction);
const json = rule('something that can be written as JSON', isJson);
const address = rule(
  'an address with ws, wss, http or https, one relative to the page, or a function that gives one',
  (value) => isFunction(value) || toUrl(value, 'ws://page') !== null,
  undefined,
  place,
);
const template = (needed, optional = []) => {
  const braced = (names) => names.map((name) => `{${name}}`).join(' and ');
  const needs = needed.length ? ` with ${braced(needed)}` : '';
  const may = optional.length ? ` (and ${braced(optional)})` : '';
  const accepts = (value) => {
    const names = isText(value) ? [...value.matchAll(/\{(.*?)\}/g)].map(([, name]) => name) : [];
    const isKnown = (name) => needed.includes(name) || optional.includes(name);
    return isText(value) && names.every(isKnown) && needed.every((name) => names.includes(name));
  };
  const either = (value) => isFunction(value) || accepts(value);
  return rule(`a function, or a URL template${needs}${may}`, either, undefined, withoutQuery);
};

/** What `false` turns off as a whole. */
const canBeOff = (table) => ({ table, canBeOff: true });
const group = (table) => ({ table });

const OPTIONS = group({
  url: address,
  protocol: oneOf('json'),
  token: textOrFunction(undefined, kind),
  tokenIn: oneOf('query', 'message', 'subprotocol'),
  userId: text,
  autoConnect: flag(true),
  connectTimeoutMs: ms(10_000, 1),
  backoff: group({
    minMs: ms(500),
    maxMs: ms(30_000),
    factor: number('a number', 1, 1_000, 2),
    jitter: oneOf('full', 'none'),
    stableAfterMs: ms(5_000),
    maxAttempts: or(Infinity, count()),
  }),
  classifyClose: functionOnly,
  heartbeat: canBeOff({ intervalMs: ms(25_000, 1), timeoutMs: ms(10_000, 1), ping: json }),
  lingerMs: ms(250),
  polling: canBeOff({
    messages: template(['conversationId'], ['after']),
    conversations: template([]),
    send: template(['conversationId']),
    headers: functionOnly,
    credentials: oneOf('same-origin', 'omit', 'include'),
    messagesIntervalMs: ms(5_000, 1),
    conversationsIntervalMs: ms(10_000, 1),
    startAfterMs: ms(6_000),
    startAfterAttempts: count(2),
    safetyIntervalMs: or(false, ms(120_000, 1)),
  }),
  outbox: group({
    maxMessages: count(256),
    maxBytes: count(262_144),
    ttlMs: ms(60_000, 1),
    messageTtlMs: or(Infinity, ms(undefined, 1)),
    overflow: oneOf('reject', 'drop-oldest'),
    ackTimeoutMs: ms(10_000, 1),
    batchMs: ms(0),
  }),
  typing: group({ throttleMs: ms(3_000), expireMs: ms(7_000, 1) }),
  history: group({
    maxMessages: count(500),
    before: template(['conversationId', 'before'], ['limit']),
  }),
  messageId: textOrFunction('id'),
});

/**
 * The options with their defaults, or a TalkwireError that names the first wrong one. A group that
 * can be turned off says by `enabled` whether it was.
 */
export function checkOptions(options) {
  if (!isObject(options)) {
    fail(`createClient takes an object such as { url: '/ws' }, but got ${kind(options)}.`);
  }
  const checked = checkGroup(OPTIONS, options, '');
  const { minMs, maxMs } = checked.backoff;
  if (minMs > maxMs) refuse('backoff.minMs', minMs, `at most backoff.maxMs, which is ${maxMs}`);
  return checked;
}

const REQUEST = group({
  timeoutMs: or(Infinity, ms(10_000, 1)),
  signal: rule('an AbortSignal', (value) => value === null || isFunction(value.addEventListener)),
});

/** The options of one request with their defaults, or a TalkwireError. */
export const checkRequest = (options) => checkGroup(REQUEST, options ?? {}, '');

/** What the engine has to know of checked options: numbers and flags. */
export function toConfig(options) {
  const { backoff, heartbeat, polling, outbox, typing, history } = options;
  const isGiven = (option) => option !== undefined;
  return {
    userId: options.userId,
    autoConnect: options.autoConnect,
    connectTimeoutMs: options.connectTimeoutMs,
    backoffMinMs: backoff.minMs,
    backoffMaxMs: backoff.maxMs,
    backoffFactor: backoff.factor,
    backoffJitter: backoff.jitter === 'full',
    backoffStableAfterMs: backoff.stableAfterMs,
    backoffMaxAttempts: Math.min(backoff.maxAttempts, NO_LIMIT),
    heartbeat: heartbeat.enabled,
    heartbeatIntervalMs: heartbeat.intervalMs,
    heartbeatTimeoutMs: heartbeat.timeoutMs,
    customPing: isGiven(heartbeat.ping),
    lingerMs: options.lingerMs,
    pollMessages: isGiven(polling.messages),
    pollConversations: isGiven(polling.conversations),
    pollSend: isGiven(polling.send),
    pollMessagesIntervalMs: polling.messagesIntervalMs,
    pollConversationsIntervalMs: polling.conversationsIntervalMs,
    pollStartAfterMs: polling.startAfterMs,
    pollStartAfterAttempts: polling.startAfterAttempts,
    pollSafetyIntervalMs: polling.safetyIntervalMs || -1,
    outboxMaxMessages: outbox.maxMessages,
    outboxMaxBytes: outbox.maxBytes,
    outboxTtlMs: outbox.ttlMs,
    outboxMessageTtlMs: outbox.messageTtlMs === Infinity ? -1 : outbox.messageTtlMs,
    outboxDropOldest: outbox.overflow === 'drop-oldest',
    outboxAckTimeoutMs: outbox.ackTimeoutMs,
    outboxBatchMs: outbox.batchMs,
    typingThrottleMs: typing.throttleMs,
    typingExpireMs: typing.expireMs,
    historyMaxMessages: history.maxMessages,
    canLoadBefore: isGiven(history.before),
    tokenRefreshable: isFunction(options.token) || isFunction(options.url),
  };
}

function checkGroup({ table, canBeOff }, given, path) {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) refuseUnknown(path, name, Object.keys(table));
  }
  const checked = canBeOff ? { enabled: true } : {};
  for (const [name, option] of Object.entries(table)) {
    checked[name] = option.table
      ? checkNested(option, given[name], path + name)
      : checkOne(option, given[name], path + name);
  }
  return checked;
}

function checkNested(option, value, path) {
  if (option.canBeOff && value === false) {
    return { ...checkGroup(option, {}, `${path}.`), enabled: false };
  }
  if (value !== undefined && !isObject(value)) {
    refuse(path, word(value), `an object${option.canBeOff ? ', or false' : ''}`);
  }
  return checkGroup(option, value ?? {}, `${path}.`);
}

function checkOne({ allowed, accepts, byDefault, show }, value, path) {
  if (value === undefined && path !== 'url') return byDefault;
  if (!accepts(value)) refuse(path, show(value), allowed);
  return value;
}

function refuse(path, got, allowed) {
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

/** A string is shown if it is too short for a secret. */
function word(value) {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return isText(value) && /^[\w.-]{1,16}$/.test(value) ? `'${value}'` : kind(value);
}

function place(value) {
  const address = value?.href ?? value;
  const found =
    isText(address) && /^([a-z][\w+.-]*:)(\/\/)?(?:[^/?#]*@)?([\w.:[\]-]*)/i.exec(address);
  if (!found) return kind(value);
  const [, scheme, slashes, host] = found;
  return slashes ? `${scheme}//${host}` : `${scheme}…`;
}

function withoutQuery(value) {
  if (!isText(value)) return word(value);
  return `'${value.split(/[?#]/, 1)[0].replace(/\/\/[^/]*@/, '//')}'`;
}

function isJson(value) {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** The name that was probably meant, if any is near. */
function nearest(wrong, names) {
  const distances = names.map((name) => distance(wrong.toLowerCase(), name.toLowerCase()));
  const least = Math.min(...distances);
  return least <= Math.max(1, wrong.length / 3) ? names[distances.indexOf(least)] : undefined;
}

/** Letters to add, leave out or replace (Levenshtein). */
function distance(one, other) {
  let row = [...other, ''].map((_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [at, otherLetter] of [...other].entries()) {
      next.push(
        Math.min(next[at] + 1, row[at + 1] + 1, row[at] + (letter === otherLetter ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[other.length];
}
