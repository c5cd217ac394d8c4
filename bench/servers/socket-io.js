// Engine.IO 4 and Socket.IO 5 over WebSocket, as far as one client needs them.
import { payload } from './payload.js';

const OPEN = {
  sid: 'e1',
  upgrades: [],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
};

export class SocketIoServer {
  joined = new Set();

  opened(reply) {
    this.joined.clear();
    reply(`0${JSON.stringify(OPEN)}`);
  }

  heard(text, reply) {
    if (text.startsWith('40')) reply('40{"sid":"s1"}');
    if (!text.startsWith('42')) return;
    const [event, conversationId] = JSON.parse(text.slice(2));
    if (event === 'subscribe') this.joined.add(conversationId);
  }

  message(conversationId) {
    return `42${JSON.stringify(['message', { conversationId, data: payload() }])}`;
  }
}
