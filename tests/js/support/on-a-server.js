// Where pages are rendered nothing of a browser may be touched: whatever is fails the test.
import { afterEach, beforeEach, vi } from 'vitest';

const forbidden = (name) => () => {
  throw new Error(`${name} was used.`);
};

beforeEach(() => {
  vi.stubGlobal('WebSocket', undefined);
  vi.stubGlobal('fetch', forbidden('fetch'));
  for (const name of ['compile', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
    vi.spyOn(WebAssembly, name).mockImplementation(forbidden(name));
  }
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
