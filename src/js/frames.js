// When listeners of stores are called: once a frame, and where there are no frames as often as is of use.

const FRAME_MISSED_MS = 100;
const HIDDEN_INTERVAL_MS = 1_000;

/** Calls what it is given with the next frame; it takes the next only after that. */
export function frames() {
  let lastAt = 0;
  return (flush) => {
    let frame;
    let timer;
    const call = () => {
      if (frame) cancelAnimationFrame(frame);
      clearTimeout(timer);
      lastAt = Date.now();
      flush();
    };
    const isVisible = globalThis.document?.hidden === false;
    if (isVisible && typeof requestAnimationFrame === 'function') {
      frame = requestAnimationFrame(call);
      timer = setTimeout(call, FRAME_MISSED_MS);
      return;
    }
    // A hidden page has no frames and slow timers: the arriving event itself must do.
    const waitMs = lastAt + HIDDEN_INTERVAL_MS - Date.now();
    if (waitMs > 0) timer = setTimeout(call, waitMs);
    else queueMicrotask(call);
  };
}
