// Where pages are rendered nothing of a browser may be touched: whatever is fails the test.
import { afterEach, beforeEach, expect, vi } from 'vitest';

let used;

// Newer servers have a WebSocket. A call with `new` needs a function.
const forbidden = (name) =>
  function forbidden() {
    used.push(name);
    throw new Error(`${name} was used.`);
  };

beforeEach(() => {
  used = [];
  vi.stubGlobal('WebSocket', forbidden('WebSocket'));
  vi.stubGlobal('fetch', forbidden('fetch'));
  for (const name of ['compile', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
    vi.spyOn(WebAssembly, name).mockImplementation(forbidden(name));
  }
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  expect(used).toEqual([]);
});
