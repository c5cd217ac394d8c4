// NestJS with its IoAdapter, whose handlers return nothing, a value, or an event.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { answers, obey } from './control';
import { History } from './history';
import * as tokens from './tokens';

interface Said {
  conversationId: string;
  clientId?: string;
  content?: unknown;
  isTyping?: boolean;
}

@WebSocketGateway()
class MessagesGateway implements OnGatewayInit {
  @WebSocketServer() server: Server;
  readonly history = new History();

  afterInit(server: Server) {
    server.use((socket, next) => {
      const isGood = tokens.accepts(socket.handshake.auth.token ?? null);
      next(isGood ? undefined : new Error('bad token'));
    });
  }

  @SubscribeMessage('subscribe')
  subscribe(client: Socket, { conversationId }: Said) {
    client.join(conversationId);
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(client: Socket, { conversationId }: Said) {
    client.leave(conversationId);
  }

  @SubscribeMessage('message:send')
  say(_client: Socket, { conversationId, clientId, content }: Said) {
    this.emitNewMessage(conversationId, { clientId, content });
  }

  @SubscribeMessage('user:typing')
  type(_client: Socket, { conversationId, isTyping }: Said) {
    this.emitTypingIndicator(conversationId, 'me', Boolean(isTyping));
  }

  @SubscribeMessage('bytes')
  takesBytes(_client: Socket, { bytes }: { bytes: Buffer }) {
    return { numbers: [...bytes], bytes };
  }

  @SubscribeMessage('value')
  returnsValue(_client: Socket, asked: unknown) {
    return { asked };
  }

  @SubscribeMessage('event')
  returnsEvent(_client: Socket, asked: unknown) {
    return { event: 'answered', data: asked };
  }

  emitNewMessage(conversationId: string, message: object) {
    const stored = this.history.store(conversationId, message);
    this.server.to(conversationId).emit('message:new', stored);
  }

  emitConversationUpdate(conversationId: string, conversation: object) {
    const update = { ...conversation, conversationId };
    this.server.to(conversationId).emit('conversation:update', update);
  }

  emitTypingIndicator(conversationId: string, userId: string, isTyping: boolean) {
    this.server.to(conversationId).emit('user:typing', { conversationId, userId, isTyping });
  }
}

@Module({ providers: [MessagesGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useWebSocketAdapter(new IoAdapter(app));
const gateway = app.get(MessagesGateway);
app.use('/messages', ({ originalUrl }, response) =>
  response.json(gateway.history.answer(originalUrl)),
);
await app.listen(0, '127.0.0.1');
obey(app.getHttpServer().address().port, {
  expectToken: tokens.expect,
  emitNewMessage: (...args) => gateway.emitNewMessage(...args),
  emitConversationUpdate: (...args) => gateway.emitConversationUpdate(...args),
  emitTypingIndicator: (...args) => gateway.emitTypingIndicator(...args),
  emitBytes: (numbers) =>
    void gateway.server.emit(
      'file',
      { name: 'a', bytes: Buffer.from(numbers) },
      Buffer.from(numbers),
    ),
  ask: (question) => answers(gateway.server.timeout(5_000).emitWithAck('question', question)),
  listeners: (conversationId) =>
    gateway.server.sockets.adapter.rooms.get(conversationId)?.size ?? 0,
  kick: () => void gateway.server.disconnectSockets(),
  drop: () => {
    for (const { conn } of gateway.server.sockets.sockets.values())
      conn.transport.socket.terminate();
  },
});
