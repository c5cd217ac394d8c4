// Waiting for what is to happen.
import { vi } from 'vitest';

// A busy machine is slow, not wrong.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

/** Resolves once `check` no longer throws. */
export const until = (check) => vi.waitFor(check, { timeout: 10_000, interval: 10 });
