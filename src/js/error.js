/** What went wrong: `code` is what to match on, `retryable` whether trying again can help. */
export class TalkwireError extends Error {
  constructor(code, message, retryable = false, options = undefined) {
    super(message, options);
    this.name = 'TalkwireError';
    this.code = code;
    this.retryable = retryable;
  }
}
