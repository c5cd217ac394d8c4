// Everything that can go wrong.

/** What went wrong, with what to do about it as its message. */
export class TalkwireError extends Error {
  constructor(code: ErrorCode, message: string, retryable?: boolean, options?: ErrorOptions);
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** Whether trying again can help; talkwire does so by itself. */
  readonly retryable: boolean;
}

/** Everything that can go wrong. */
export type ErrorCode =
  /** An option is wrong or unknown. */
  | 'invalid-option'
  /** The WebAssembly module could not be loaded; it is tried again. */
  | 'wasm-load-failed'
  /** The page's Content-Security-Policy lacks `'wasm-unsafe-eval'`. */
  | 'wasm-blocked'
  /** A defect of talkwire itself. The client has ended; a new one works. */
  | 'internal'
  /** A page that came over https may not open `ws:` addresses. */
  | 'mixed-content'
  /** No session was proved in `connectTimeoutMs`. */
  | 'connect-timeout'
  /** The connection was lost or never came about. */
  | 'connection-lost'
  /** Nothing answers at the address, not even a plain GET. */
  | 'unreachable'
  /** A server answers at the address, but opens no WebSocket there; the message says the HTTP status. */
  | 'upgrade-refused'
  /** The server speaks another dialect; the message says which option to set. */
  | 'wrong-dialect'
  /** The server closed with a code that forbids another attempt. */
  | 'closed-by-server'
  /** The token was refused, and a fresh one too; or a plain GET of the address got HTTP 401. */
  | 'unauthorized'
  /** The `url` or `token` function failed, or the address is no use. */
  | 'dial-failed'
  /** `backoff.maxAttempts` is used up. */
  | 'too-many-attempts'
  /** The server fell silent and did not answer when asked. */
  | 'silent'
  /** A frame that nobody can read; it was left out. */
  | 'bad-frame'
  /** What was given to send cannot be written as JSON. */
  | 'invalid-frame'
  /** The client was closed before this was done. */
  | 'closed'
  /** The server refused a frame and said why. */
  | 'refused'
  /** A frame was larger than the server takes. */
  | 'too-large'
  /** There is no room for a request in the outbox. */
  | 'overflow'
  /** Reading or posting over HTTP failed, or the reply was not what was asked for. */
  | 'poll-failed'
  /** A request was not answered in time. */
  | 'timeout'
  /** A server of this kind cannot do what was asked. */
  | 'unsupported';
