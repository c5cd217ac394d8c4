// The public types of talkwire. Times are in milliseconds, sizes in bytes.
import type { Client } from './client.js';
import type { DefaultEvents, EventMap } from './events.js';
import type { ClientOptions } from './options.js';

export * from './client.js';
export * from './conversation.js';
export * from './delivery.js';
export * from './error.js';
export * from './events.js';
export * from './options.js';
export * from './stats.js';
export * from './store.js';

/** What can be handed to {@link init}: where the WebAssembly module is, or the module itself. */
export type WasmSource = URL | string | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the WebAssembly module now rather than with the first connection. Optional. Rejects with a
 * {@link TalkwireError} (`wasm-load-failed`, `wasm-blocked`); a failed load can be tried again.
 * @param wasm Where the module is, for those who host it themselves. Default: beside the package.
 */
export function init(wasm?: WasmSource): Promise<void>;

/**
 * Makes a client. It can be used at once, and opens nothing until the first subscription or send. On
 * a server it opens nothing at all.
 * @throws {@link TalkwireError} `invalid-option` if an option is wrong or unknown.
 * @example
 * const client = createClient({ url: '/ws' });
 * client.on('message', ({ conversationId, data }) => console.log(conversationId, data.content));
 * client.conversation('conv_123').send('Hello');
 */
export function createClient<E extends EventMap = DefaultEvents>(options: ClientOptions): Client<E>;
