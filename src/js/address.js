// Where a socket is opened, and the one that opens while the engine is on its way.

/** The URL of the socket for an address as an application gives it, or null where none can be opened to it. */
export function socketUrl({ protocol, path = '/socket.io' }, given, base = pageUrl()) {
  try {
    const text = given.href ?? given.trim();
    const url = new URL(text, base);
    if (text === '' || !/^(ws|http)s?:$/.test(url.protocol)) return null;
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    if (protocol !== 'socket.io') return url;
    url.pathname = path.replace(/\/?$/, '/');
    url.search += `${url.search ? '&' : '?'}EIO=4&transport=websocket`;
    return url;
  } catch {
    return null;
  }
}

/**
 * A socket to the address that `options` give, with what it has told, or null if more is needed than that: a function's
 * answer, or a token on the way. What is wrong with an address is left to the engine to say.
 */
export function openEarly(options, given) {
  const { token, tokenIn } = options;
  const isBare = tokenIn === 'query' ? !token : tokenIn !== 'subprotocol';
  const url = isBare && globalThis.navigator?.onLine !== false && socketUrl(options, given);
  if (!url) return null;
  try {
    const told = [];
    const tell = (event) => told.push(event);
    // Where pages are tested, sockets of Node's throw errors that nobody hears.
    const handlers = { binaryType: 'arraybuffer', onopen: tell, onmessage: tell, onerror: tell };
    return { socket: Object.assign(new WebSocket(url), handlers), told };
  } catch {
    return null;
  }
}

function pageUrl() {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}
