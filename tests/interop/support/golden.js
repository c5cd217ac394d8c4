// Packets as the parsers of Socket.IO themselves write them: what `tests/golden/socket-io.json` holds.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { encodePacket } = require('engine.io-parser');
const { Encoder, PacketType } = require('socket.io-parser');

const { CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR } = PacketType;
const subscribe = ['subscribe', { conversationId: 'c' }];
const said = ['message:send', { conversationId: 'c', clientId: 'm', content: 'Grüße "du" 🎈\n' }];
const opened = {
  sid: 's',
  upgrades: [],
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1e6,
};

/** Engine.IO's own packets. */
const TRANSPORT = {
  open: { type: 'open', data: JSON.stringify(opened) },
  close: { type: 'close' },
  ping: { type: 'ping' },
  pong: { type: 'pong' },
  noop: { type: 'noop' },
};

/** Socket.IO's, inside of Engine.IO's messages. */
const SESSION = {
  connect: { type: CONNECT, nsp: '/', data: { token: 't' } },
  'connect to a namespace': { type: CONNECT, nsp: '/chat', data: { token: 't' } },
  connected: { type: CONNECT, nsp: '/', data: { sid: 's', pid: 'p' } },
  disconnect: { type: DISCONNECT, nsp: '/' },
  refused: {
    type: CONNECT_ERROR,
    nsp: '/',
    data: { message: 'jwt expired', data: { status: 401 } },
  },
  'probe refused': {
    type: CONNECT_ERROR,
    nsp: '/talkwire-is-anybody-there',
    data: { message: 'Invalid namespace' },
  },
  event: { type: EVENT, nsp: '/', data: said },
  'event with an ack': { type: EVENT, nsp: '/', id: 7, data: subscribe },
  'event with an ack in a namespace': { type: EVENT, nsp: '/chat', id: 7, data: subscribe },
  'event of several arguments': {
    type: EVENT,
    nsp: '/',
    data: ['message:new', { id: 'm1' }, 'offset'],
  },
  'event alone': { type: EVENT, nsp: '/', data: ['done'] },
  ack: { type: ACK, nsp: '/', id: 7, data: [{ id: 'm1' }] },
  'ack in a namespace': { type: ACK, nsp: '/chat', id: 7, data: ['yes'] },
  'binary event': {
    type: EVENT,
    nsp: '/',
    data: ['file', { bytes: Buffer.from([1, 2]) }, Buffer.from([255])],
  },
  'binary event with an ack': {
    type: EVENT,
    nsp: '/chat',
    id: 3,
    data: ['file', Buffer.from([1])],
  },
  'binary ack': { type: ACK, nsp: '/', id: 9, data: [Buffer.from([0])] },
};

/** `[name, frames]`, where a frame is a text or the numbers of its bytes. */
export function golden() {
  const transport = Object.entries(TRANSPORT).map(([name, packet]) => [name, [written(packet)]]);
  const encoder = new Encoder();
  const session = Object.entries(SESSION).map(([name, packet]) => {
    const frames = encoder.encode(packet).map((data) => written({ type: 'message', data }));
    return [name, frames];
  });
  return [...transport, ...session];
}

function written(packet) {
  let frame;
  encodePacket(packet, true, (encoded) => {
    frame = typeof encoded === 'string' ? encoded : [...new Uint8Array(encoded)];
  });
  return frame;
}
