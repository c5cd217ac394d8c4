// What every page has, where what stands in for one has it not (jest's jsdom). A server is left as it is.
if (globalThis.document) {
  const { TextDecoder, TextEncoder } = globalThis.process?.getBuiltinModule?.('node:util') ?? {};

  globalThis.TextEncoder ??= TextEncoder;
  globalThis.TextDecoder ??= TextDecoder;
  globalThis.reportError ??= (error) => console.error(error);
}
