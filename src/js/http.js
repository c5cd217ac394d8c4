// Reading and posting over HTTP, by URL templates or by the application's own functions.
import { dialledAddress, fillTemplate, forgetToken, requestHeaders } from './dial.js';

/** What each kind of request is to be answered with; anything else is no answer. */
const MESSAGES = page('messages', 'message', isObject);
const CONVERSATIONS = page('conversations', 'conversation with an id', hasId);
const STORED = (body) => {
  if (isObject(body)) return { item: body };
  throw new TypeError('The reply is not the stored message.');
};

/** What one client can ask by HTTP. Every call resolves to a reply `{ status, messages | conversations | item | text, etag, retryAfterMs, detail }`. */
export function createHttp(options) {
  const { polling, history } = options;
  const ask = async (shape, how, values, call, request) => {
    try {
      if (typeof how === 'function') return shape(await call(how));
      return await fetchReply(options, fillTemplate(how, values), { shape, ...request });
    } catch (error) {
      return { detail: String(error?.message ?? error) };
    }
  };
  return {
    readMessages: (conversationId, after = null, etag, signal) =>
      ask(
        MESSAGES,
        polling.messages,
        { conversationId, after },
        (read) => read(conversationId, { after, signal }),
        { etag, signal },
      ),
    readBefore: (conversationId, before, limit, signal) =>
      ask(
        MESSAGES,
        history.before,
        { conversationId, before: before || null, limit },
        (read) => read(conversationId, { before, limit, signal }),
        { signal },
      ),
    readConversations: (etag, signal) =>
      ask(CONVERSATIONS, polling.conversations, {}, (read) => read({ signal }), { etag, signal }),
    post: (conversationId, clientId, content, keepalive, signal) =>
      ask(
        STORED,
        polling.send,
        { conversationId },
        (send) => send(conversationId, { clientId, content }, { signal }),
        { signal, keepalive, body: JSON.stringify({ clientId, content }) },
      ),
    probe: async (signal) => {
      try {
        return await probe(dialledAddress(options), signal);
      } catch {
        // The browser's own words may show the address, and with it a token.
        return { detail: 'a plain GET fails, too' };
      }
    },
  };
}

/** What answers a plain GET; where the page may not read it, at least that something does. */
async function probe(address, signal) {
  const get = (mode) => fetch(address, { mode, cache: 'no-store', signal });
  const response = await get('cors').catch(() => get('no-cors'));
  const { status } = response;
  // Engine.IO says by a 400 what it is; whatever else is there may never end.
  if (status === 400) return { status, text: (await response.text()).slice(0, 200) };
  await response.body?.cancel();
  return { status, text: '' };
}

async function fetchReply(options, url, request) {
  const reply = await fetchOnce(options, url, request);
  if (reply.status !== 401 || typeof options.token !== 'function') return reply;
  forgetToken(options);
  return fetchOnce(options, url, request);
}

async function fetchOnce(options, url, { shape, etag, signal, keepalive, body }) {
  const headers = await requestHeaders(options, url);
  if (etag) headers['If-None-Match'] = etag;
  if (body) headers['Content-Type'] = 'application/json';
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    body,
    headers,
    keepalive,
    credentials: options.polling.credentials,
    cache: 'no-store',
    signal,
  });
  const { status } = response;
  if (!response.ok) {
    const retryAfterMs = delayOf(response.headers.get('Retry-After'));
    return { status, retryAfterMs, detail: `HTTP ${status}` };
  }
  return {
    ...shape(await response.json()),
    status,
    etag: response.headers.get('ETag') ?? undefined,
  };
}

/** An array, or an object with one under `name`. */
function page(name, each, isIt) {
  return (body) => {
    const items = Array.isArray(body) ? body : body?.[name];
    if (!Array.isArray(items))
      throw new TypeError(`The reply is no array, and has none as ${name}.`);
    const wrong = items.findIndex((item) => !isIt(item));
    if (wrong >= 0) throw new TypeError(`Entry ${wrong} of the reply is no ${each}.`);
    return { [name]: items };
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasId(value) {
  return isObject(value) && ['string', 'number'].includes(typeof value.id);
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function delayOf(text) {
  if (!text) return undefined;
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(delayMs) ? Math.max(0, Math.round(delayMs)) : undefined;
}
