// Notes when the script starts and when a socket is open. Loaded first.

export const times = { startedMs: performance.now(), openMs: null, heardMs: null };

globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener('open', () => {
      times.openMs ??= performance.now();
    });
  }
};
