// Counts the frames that come. Loaded first: clients take WebSocket from here.

export const counted = { frames: 0 };

globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', () => {
      counted.frames += 1;
    });
  }
};
