// Where to connect to and as whom: addresses, tokens and headers, resolved again for every attempt.

/** Why there is no address, token or header. The engine makes its errors from these. */
class Problem extends Error {
  constructor(code, message, retryable = false, options = undefined) {
    super(message, options);
    this.code = code;
    this.retryable = retryable;
  }
}

/** What was learnt while dialling, per checked options. */
const memories = new WeakMap();

/** What to open: `{ url, protocols }`, and `firstFrame` where the token goes into a frame. */
export async function resolveDial(options, why, recovery) {
  const [url, token] = await Promise.all([socketUrl(options), freshToken(options, why)]);
  refuseMixedContent(url);
  const dial = { url: url.href, protocols: [] };
  if (options.tokenIn === 'subprotocol') {
    dial.protocols.push('talkwire.v1');
    if (token) dial.protocols.push(`talkwire.token.${base64url(token)}`);
  } else if (token && options.tokenIn === 'message') {
    dial.firstFrame = JSON.stringify(
      options.protocol === 'nest' ? { event: 'auth', data: { token } } : { type: 'auth', token },
    );
  } else if (token && options.tokenIn === 'query') {
    dial.url = withToken(url, token);
  }
  if (options.protocol === 'socket.io') dial.credentials = credentials(options, token, recovery);
  memoryOf(options).dialled = dial.url;
  return dial;
}

/** What a Socket.IO session begins with: the token, and what the last one can be recovered with. */
function credentials({ tokenIn }, token, recovery) {
  const known = { ...(tokenIn === 'auth' && token && { token }), ...(recovery.pid && recovery) };
  return Object.keys(known).length > 0 ? JSON.stringify(known) : '';
}

/** Where the last socket was opened, or was to be, as an address for `fetch`. */
export const dialledAddress = (options) => memoryOf(options).dialled.replace(/^ws/, 'http');

/** A new token, or null; whoever asks while the application looks for one gets that one. */
function freshToken(options, why) {
  const memory = memoryOf(options);
  const isHanging = performance.now() - memory.askedAt > options.connectTimeoutMs;
  if (memory.asking && !isHanging) return memory.asking;
  const asking = askToken(options, why)
    .then((token) => {
      if (memory.asking === asking) memory.token = token;
      return token;
    })
    .finally(() => {
      if (memory.asking === asking) memory.asking = null;
    });
  memory.asking = asking;
  memory.askedAt = performance.now();
  return asking;
}

/** The last token; the application is asked only where there has been none. */
async function knownToken(options) {
  const { token } = memoryOf(options);
  return token === undefined ? freshToken(options, { attempt: 0 }) : token;
}

/** The server refused the token: whoever needs one next asks the application again. */
export function forgetToken(options) {
  memoryOf(options).token = undefined;
}

/** Fills `{name}` in a URL template; a query parameter whose value is null is left out. */
export function fillTemplate(template, values) {
  const fill = (text) => text.replace(/\{(\w+)\}/g, (_, name) => encodeSegment(values[name]));
  const isGiven = (parameter) =>
    [...parameter.matchAll(/\{(\w+)\}/g)].every(([, name]) => values[name] != null);
  const [path, query = ''] = template.split(/\?(.*)/s);
  const parameters = query.split('&').filter((parameter) => parameter && isGiven(parameter));
  return fill(parameters.length ? `${path}?${parameters.join('&')}` : path);
}

/** The application's headers; with the token for the server that would get it over the socket, too. */
export async function requestHeaders(options, url) {
  const given = await ask('poll-failed', 'polling.headers', options.polling.headers);
  const isHome = options.socketUrl({}, url)?.origin === (await homeOrigin(options));
  const token = isHome ? await knownToken(options) : null;
  try {
    const headers = new Headers(given);
    if (token && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`);
    return Object.fromEntries(headers);
  } catch {
    // The browser's own words would show the value.
    const problem = 'What polling.headers gave, or the token, is no valid header.';
    throw new Problem('poll-failed', problem, true);
  }
}

function memoryOf(options) {
  let memory = memories.get(options);
  if (!memory) {
    memory = { token: undefined, origin: null, dialled: null, asking: null, askedAt: 0 };
    memories.set(options, memory);
  }
  return memory;
}

async function socketUrl(options) {
  const given = await ask('dial-failed', 'url', options.url);
  const url = options.socketUrl(options, given);
  if (url === null) {
    const isRelative = options.socketUrl(options, given, 'ws://page') !== null;
    const problem = isRelative
      ? 'The url is relative, and there is no page to which it could be. Give a full address.'
      : 'The url function gave no address with ws, wss, http or https.';
    throw new Problem('dial-failed', problem, typeof options.url === 'function');
  }
  memoryOf(options).origin = url.origin;
  return url;
}

async function homeOrigin(options) {
  return memoryOf(options).origin ?? (await socketUrl(options)).origin;
}

function refuseMixedContent({ protocol, host, hostname }) {
  // Browsers let a page reach its own machine without encryption.
  const isOwnMachine = /^(localhost|.+\.localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
  if (protocol !== 'ws:' || globalThis.location?.protocol !== 'https:' || isOwnMachine) return;
  const advice = `A page that came over https may not open ws://${host}. Serve it with TLS and use wss://${host}.`;
  throw new Problem('mixed-content', advice);
}

async function askToken(options, why) {
  const token = (await ask('dial-failed', 'token', options.token, why)) ?? null;
  if (token !== null && typeof token !== 'string') {
    throw new Problem('dial-failed', 'The token function gave neither a string nor null.', true);
  }
  return token;
}

async function ask(code, name, option, ...args) {
  if (typeof option !== 'function') return option;
  try {
    return await option(...args);
  } catch (cause) {
    throw new Problem(code, `The function given as ${name} failed.`, true, { cause });
  }
}

function withToken(url, token) {
  // Setting it would write the other parameters anew, in another spelling.
  if (url.searchParams.has('token')) url.searchParams.delete('token');
  url.search += `${url.search ? '&' : '?'}token=${encodeURIComponent(token)}`;
  return url.href;
}

function base64url(text) {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function encodeSegment(value) {
  // However it is written, a URL takes such a segment for a step up.
  if (/^\.\.?$/.test(value)) throw new Problem('poll-failed', `'${value}' cannot stand in a URL.`);
  return encodeURIComponent(value ?? '');
}
