// Phoenix channels, serializer 2.0.0, as far as one client needs them.
import { payload } from './payload.js';

export class PhoenixServer {
  joined = new Set();

  opened() {
    this.joined.clear();
  }

  heard(text, reply) {
    const [joinRef, ref, topic, event] = JSON.parse(text);
    if (event === 'phx_join') this.joined.add(topic);
    reply(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]));
  }

  message(conversationId) {
    return JSON.stringify([null, null, conversationId, 'message', payload()]);
  }
}
