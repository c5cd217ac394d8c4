// What was said, by conversation, and the same over HTTP.
interface Stored {
  id: string;
}

export class History {
  readonly #messages = new Map<string, Stored[]>();

  store(conversationId: string, message: object) {
    const messages = this.#messages.get(conversationId) ?? [];
    const stored = { id: `${conversationId}-${messages.length + 1}`, ...message };
    this.#messages.set(conversationId, [...messages, stored]);
    return { ...stored, conversationId };
  }

  /** `GET …?conversationId=…&after=…` */
  answer(address: string) {
    const { searchParams } = new URL(address, 'http://server');
    const all = this.#messages.get(searchParams.get('conversationId') ?? '') ?? [];
    return all.slice(all.findIndex(({ id }) => id === searchParams.get('after')) + 1);
  }
}
