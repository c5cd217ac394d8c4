// Waiting for what is to happen, never for time to pass.
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Resolves with what `look` finds, once that is true; says what was waited for if it never is. */
export async function until(what, look, { timeoutMs = 30_000 } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await pause(LOOK_EVERY_MS);
  }
}
