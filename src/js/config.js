// Checked options as the engine takes them, with their defaults.
import { ask } from './safely.js';

/** What a server's events mean, by dialect. */
const GATEWAY_EVENTS = {
  'message:new': 'message',
  'conversation:update': 'conversation',
  'user:typing': 'typing',
  'presence:update': 'presence',
  'agent:status': 'agent',
};
const EVENTS = { json: {}, nest: GATEWAY_EVENTS, 'socket.io': GATEWAY_EVENTS };

const DEFAULTS = {
  protocol: 'json',
  namespace: '/',
  autoConnect: true,
  connectTimeoutMs: 10_000,
  backoff: {
    factor: 2,
    jitter: 'full',
    stableAfterMs: 5_000,
    maxAttempts: Infinity,
  },
  heartbeat: { intervalMs: 25_000, timeoutMs: 10_000 },
  lingerMs: 250,
  polling: {
    credentials: 'same-origin',
    messagesIntervalMs: 5_000,
    conversationsIntervalMs: 10_000,
    startAfterMs: 6_000,
    startAfterAttempts: 2,
    safetyIntervalMs: 120_000,
  },
  outbox: { ackTimeoutMs: 10_000, batchMs: 0 },
  typing: { throttleMs: 3_000, expireMs: 7_000 },
  history: { maxMessages: 500 },
  messageId: 'id',
};

/** Checked options, and what holds where nothing was said. A group that can be turned off says by `enabled` whether it is. */
export function withDefaults(options) {
  const all = { ...DEFAULTS, ...options };
  for (const [name, group] of Object.entries(DEFAULTS)) {
    if (typeof group !== 'object') continue;
    all[name] = { enabled: all[name] !== false, ...group, ...options[name] };
  }
  all.longPolling = all.protocol === 'socket.io' && options.polling === undefined;
  all.events = { ...EVENTS[all.protocol], ...options.events };
  return all;
}

/**
 * What the engine has to know of options: words, and in `numbers` numbers and flags, in the order in which
 * src/web/settings.rs reads them.
 */
export function toConfig(options) {
  const { backoff, heartbeat, polling, outbox, typing, history } = options;
  const isGiven = (option) => option !== undefined;
  const isFunction = (option) => typeof option === 'function';
  return {
    protocol: options.protocol,
    namespace: options.namespace === '/' ? '' : `${options.namespace},`,
    events: options.events,
    emits: guarded(options.emits),
    userId: options.userId,
    messageId: options.messageId,
    ping: textOf(heartbeat.ping),
    numbers: [
      options.autoConnect,
      options.connectTimeoutMs,
      backoff.minMs,
      backoff.maxMs,
      backoff.factor,
      backoff.jitter === 'full',
      backoff.stableAfterMs,
      backoff.maxAttempts,
      heartbeat.enabled,
      heartbeat.intervalMs,
      heartbeat.timeoutMs,
      isGiven(heartbeat.ping),
      options.lingerMs,
      isGiven(polling.messages),
      isGiven(polling.conversations),
      isGiven(polling.send),
      polling.messagesIntervalMs,
      polling.conversationsIntervalMs,
      polling.startAfterMs,
      polling.startAfterAttempts,
      polling.safetyIntervalMs || Infinity,
      options.longPolling,
      outbox.maxMessages,
      outbox.maxBytes,
      outbox.ttlMs,
      outbox.messageTtlMs,
      outbox.overflow === 'drop-oldest',
      outbox.ackTimeoutMs,
      outbox.batchMs,
      typing.throttleMs,
      typing.expireMs,
      history.maxMessages,
      isGiven(history.before),
      isFunction(options.token) || isFunction(options.url),
    ],
  };
}

/** A ping as it is written. */
const textOf = (ping) => (typeof ping === 'string' ? ping : JSON.stringify(ping));

/** What is emitted, by name or by functions that do not throw. */
function guarded(emits = {}) {
  const guard = (own) => (typeof own === 'function' ? (...args) => ask(() => own(...args)) : own);
  return Object.fromEntries(Object.entries(emits).map(([verb, own]) => [verb, guard(own)]));
}
