// Whose message a text is, by its beginning: what nobody wants need not be parsed.

/** Up to the conversation's id, with nothing before it but the name that every message of the server has. */
const HEADS = {
  json: /^\{"type":"[^"\\]*","conversationId":"/,
  nest: /^\{"event":"[^"\\]*","data":\{"conversationId":"/,
};

/** Knows the messages of one server once it has seen one. */
export class Glance {
  #form;
  #head = '';

  constructor(protocol) {
    this.#form = HEADS[protocol];
  }

  /** This text is a message. */
  learn(text) {
    this.#head = this.#form?.exec(text)?.[0] ?? '';
  }

  /** The id of the conversation of which this text is a message, where a glance tells; else undefined. */
  conversationOf(text) {
    const head = this.#head;
    if (head === '' || !text.startsWith(head) || !text.endsWith('}')) return undefined;
    const id = text.slice(head.length, text.indexOf('"', head.length));
    return id.includes('\\') ? undefined : id;
  }
}
