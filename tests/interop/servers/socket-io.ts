// Socket.IO as its users write it: every handler acks, and connection state is recovered; or joined to others over Redis.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { answers, obey } from './control';
import { History } from './history';
import { joinOverRedis } from './over-redis';
import * as tokens from './tokens';

const { REDIS_URL } = process.env;
const alone = { history: new History(), connectionStateRecovery: {} };
const { history, ...joined } = REDIS_URL ? await joinOverRedis(REDIS_URL) : alone;
const http = createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(await history.answer(request.url ?? '/')));
});
const settings = JSON.parse(process.env.TALKWIRE_SETTINGS ?? '{}');
const io = new Server(http, { ...joined, ...settings });

// One that is stored already is told again: who stored it may have died before it told anybody.
const emitNewMessage = async (conversationId: string, message: object) => {
  const stored = await history.store(conversationId, message);
  chat.to(conversationId).emit('message:new', stored);
  return stored;
};

const chat = io.of(process.env.TALKWIRE_NAMESPACE ?? '/');
chat.use((socket, next) => {
  next(tokens.accepts(socket.handshake.auth.token ?? null) ? undefined : new Error('bad token'));
});
chat.on('connection', (socket) => {
  socket.on('subscribe', ({ conversationId }, ack) => {
    socket.join(conversationId);
    ack?.({ joined: true });
  });
  socket.on('unsubscribe', ({ conversationId }) => socket.leave(conversationId));
  socket.on('message:send', async ({ conversationId, clientId, content }, ack) => {
    const stored = await emitNewMessage(conversationId, { clientId, content });
    ack?.(stored);
  });
  socket.on('user:typing', ({ conversationId, isTyping }) => {
    chat.to(conversationId).emit('user:typing', { conversationId, userId: 'me', isTyping });
  });
  socket.on('bytes', ({ bytes }, ack) => ack({ numbers: [...bytes], bytes }));
  socket.on('value', (asked, ack) => ack({ asked }));
});

http.listen(0, '127.0.0.1', () => {
  obey((http.address() as { port: number }).port, {
    expectToken: tokens.expect,
    emitNewMessage,
    emitConversationUpdate: (conversationId: string, conversation: object) =>
      void chat.to(conversationId).emit('conversation:update', { ...conversation, conversationId }),
    emitTypingIndicator: (conversationId: string, userId: string, isTyping: boolean) =>
      void chat.to(conversationId).emit('user:typing', { conversationId, userId, isTyping }),
    emitBytes: (numbers: number[]) =>
      void chat.emit('file', { name: 'a', bytes: Buffer.from(numbers) }, Buffer.from(numbers)),
    ask: (question: string) => answers(chat.timeout(5_000).emitWithAck('question', question)),
    listeners: async (conversationId: string) =>
      (await chat.in(conversationId).fetchSockets()).length,
    kick: () => void chat.disconnectSockets(),
    drop: () => {
      for (const { conn } of chat.sockets.values()) {
        const { transport } = conn;
        if (transport.name === 'polling') transport.onError('dropped');
        else transport.socket.terminate();
      }
    },
  });
});
