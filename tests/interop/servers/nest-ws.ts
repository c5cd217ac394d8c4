// NestJS with its plain WsAdapter, and the messages over HTTP.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { obey } from './control';
import { MessagesGateway } from './messages.gateway';
import * as tokens from './tokens';

@Module({ providers: [MessagesGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.useWebSocketAdapter(new WsAdapter(app));
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
  listeners: (conversationId) => gateway.listeners(conversationId),
  announce: (what) => gateway.announce(what),
  kick: () => gateway.kick(),
  drop: () => gateway.drop(),
});
