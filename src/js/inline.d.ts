// The same as `talkwire`, with the WebAssembly inside: nothing else is fetched.
export * from './index.js';
