// What a tab sends and is sent: its sockets with their frames, and its requests.

/** Watches a page from now on. */
export function watchWire(page) {
  const wire = new Wire();
  page.on('websocket', (socket) => wire.opened(socket));
  page.on('request', (request) => wire.asked(request));
  return wire;
}

class Wire {
  /**
   * Every socket that was ever dialled: `{ url, at, isOpen, sent, received, lengths }`, batches unpacked; `lengths` are
   * those of the frames as they were sent.
   */
  sockets = [];
  /** Every request: `{ method, path, at }`, the path without its query. */
  requests = [];

  /** All that was sent of one type, over all sockets. */
  sent(type) {
    return this.sockets.flatMap((socket) => socket.sent).filter((frame) => frame.type === type);
  }

  /** The requests of one method whose path matches. */
  count(method, path) {
    return this.requests.filter((one) => one.method === method && path.test(one.path)).length;
  }

  get openSockets() {
    return this.sockets.filter((socket) => socket.isOpen);
  }

  opened(socket) {
    const seen = {
      url: socket.url(),
      at: Date.now(),
      isOpen: true,
      sent: [],
      received: [],
      lengths: [],
    };
    this.sockets.push(seen);
    socket.on('framesent', ({ payload }) => {
      seen.sent.push(...unpacked(payload));
      seen.lengths.push(Buffer.byteLength(payload));
    });
    socket.on('framereceived', ({ payload }) => seen.received.push(...unpacked(payload)));
    socket.on('close', () => {
      seen.isOpen = false;
    });
  }

  asked(request) {
    const { pathname } = new URL(request.url());
    this.requests.push({ method: request.method(), path: pathname, at: Date.now() });
  }
}

function unpacked(payload) {
  const frame = parsed(payload);
  return frame.type === 'batch' ? frame.frames : [frame];
}

/** What is no JSON stands as it came. */
function parsed(payload) {
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}
