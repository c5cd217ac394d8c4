// Engine.IO 4 and Socket.IO 5 over WebSocket, as far as one client needs them.
import { payload } from './payload.js';

const OPEN = {
  sid: 'e1',
  upgrades: [],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
};

/** An event, with a number where it wants an ack. */
const EVENT = /^42(\d*)(\[.*)/s;

export class SocketIoServer {
  joined = new Set();

  opened(reply) {
    this.joined.clear();
    reply(`0${JSON.stringify(OPEN)}`);
  }

  heard(text, reply) {
    if (text.startsWith('40')) reply('40{"sid":"s1"}');
    const [, ref, body] = EVENT.exec(text) ?? [];
    if (body === undefined) return;
    const [event, data] = JSON.parse(body);
    if (event === 'subscribe') this.joined.add(data.conversationId);
    if (ref !== '') reply(`43${ref}[]`);
  }

  message(conversationId) {
    return `42${JSON.stringify(['message', { conversationId, ...payload() }])}`;
  }
}
