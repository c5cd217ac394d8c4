// Reading and posting over HTTP, by URL templates or by the application's own functions.
import { fillTemplate, forgetToken, requestHeaders } from './dial.js';

const TIMEOUT_MS = 15_000;

/** What one client can ask by HTTP. Every call resolves to a reply `{ status, items | item, etag, retryAfterMs, detail }`. */
export function createHttp(options) {
  const { polling, history } = options;
  const ask = async (how, values, call, request) => {
    try {
      if (typeof how === 'function') return ok(await call(how));
      return await fetchReply(options, fillTemplate(how, values), request);
    } catch (error) {
      return { detail: String(error?.message ?? error) };
    }
  };
  return {
    readMessages: (conversationId, after = null, etag, signal) =>
      ask(
        polling.messages,
        { conversationId, after },
        (read) => read(conversationId, { after, signal }),
        { etag, signal },
      ),
    readBefore: (conversationId, before, limit, signal) =>
      ask(
        history.before,
        { conversationId, before: before || null, limit },
        (read) => read(conversationId, { before, limit, signal }),
        { signal },
      ),
    readConversations: (etag, signal) =>
      ask(polling.conversations, {}, (read) => read({ signal }), { etag, signal }),
    post: (conversationId, clientId, content, keepalive, signal) =>
      ask(
        polling.send,
        { conversationId },
        (send) => send(conversationId, { clientId, content }, { signal }),
        { signal, keepalive, body: JSON.stringify({ clientId, content }) },
      ),
  };
}

async function fetchReply(options, url, request) {
  const reply = await fetchOnce(options, url, request);
  if (reply.status !== 401 || typeof options.token !== 'function') return reply;
  forgetToken(options);
  return fetchOnce(options, url, request);
}

async function fetchOnce(options, url, { etag, signal, keepalive, body }) {
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
    signal: AbortSignal.any?.([signal, AbortSignal.timeout(TIMEOUT_MS)]) ?? signal,
  });
  const { status } = response;
  if (!response.ok) {
    const retryAfterMs = delayOf(response.headers.get('Retry-After'));
    return { status, retryAfterMs, detail: `HTTP ${status}` };
  }
  return { ...ok(await response.json()), status, etag: response.headers.get('ETag') ?? undefined };
}

/** An array, or an object that holds one, is a page; anything else is a stored message. */
function ok(body) {
  const items = Array.isArray(body) ? body : (body?.messages ?? body?.conversations);
  return Array.isArray(items) ? { items } : { item: body };
}

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function delayOf(text) {
  if (!text) return undefined;
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(delayMs) ? Math.max(0, Math.round(delayMs)) : undefined;
}
