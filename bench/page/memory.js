// The bytes that a page holds. Loaded first: it has to see the WebAssembly module start.

const memories = [];
for (const name of ['instantiate', 'instantiateStreaming']) {
  const original = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const result = await original.apply(WebAssembly, args);
    const { exports } = result.instance ?? result;
    if (exports.memory) memories.push(exports.memory);
    return result;
  };
}

/** In JavaScript and in WebAssembly, after what is garbage is gone. */
export function bytesHeld() {
  globalThis.gc();
  globalThis.gc();
  const wasm = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  return { heap: performance.memory.usedJSHeapSize, wasm };
}
