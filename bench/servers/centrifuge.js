// Centrifugo's bidirectional protocol in JSON, as far as one client needs it.
import { payload } from './payload.js';

export class CentrifugeServer {
  joined = new Set();

  opened() {
    this.joined.clear();
  }

  heard(text, reply) {
    const answers = text
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ id }) => id)
      .map((command) => JSON.stringify(this.#answer(command)));
    if (answers.length > 0) reply(answers.join('\n'));
  }

  message(conversationId) {
    return JSON.stringify({ push: { channel: conversationId, pub: { data: payload() } } });
  }

  #answer({ id, connect, subscribe }) {
    if (connect) return { id, connect: { client: 'c1', version: '6', ping: 25, pong: true } };
    if (subscribe) this.joined.add(subscribe.channel);
    return { id, subscribe: {} };
  }
}
