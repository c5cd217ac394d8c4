// A chat gateway as NestJS's users write it, on the plain WsAdapter.
import {
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { WebSocket } from 'ws';
import { History } from './history';
import { accepts } from './tokens';

interface Said {
  conversationId: string;
  clientId?: string;
  content?: unknown;
  isTyping?: boolean;
}

@WebSocketGateway()
export class MessagesGateway implements OnGatewayConnection, OnGatewayDisconnect {
  readonly history = new History();
  readonly clients = new Set<WebSocket>();
  readonly #rooms = new Map<string, Set<WebSocket>>();

  handleConnection(client: WebSocket, request: { url: string }) {
    const token = new URL(request.url, 'ws://gateway').searchParams.get('token');
    if (!accepts(token)) return client.close(4401, 'bad token');
    this.clients.add(client);
  }

  handleDisconnect(client: WebSocket) {
    this.clients.delete(client);
    for (const room of this.#rooms.values()) room.delete(client);
  }

  @SubscribeMessage('subscribe')
  subscribe(client: WebSocket, { conversationId }: Said) {
    this.#room(conversationId).add(client);
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(client: WebSocket, { conversationId }: Said) {
    this.#room(conversationId).delete(client);
  }

  @SubscribeMessage('message:send')
  say(_client: WebSocket, { conversationId, clientId, content }: Said) {
    this.emitNewMessage(conversationId, { clientId, content });
  }

  @SubscribeMessage('user:typing')
  type(_client: WebSocket, { conversationId, isTyping }: Said) {
    this.emitTypingIndicator(conversationId, 'me', Boolean(isTyping));
  }

  @SubscribeMessage('value')
  returnsValue(_client: WebSocket, asked: unknown) {
    return { asked };
  }

  @SubscribeMessage('event')
  returnsEvent(_client: WebSocket, asked: unknown) {
    return { event: 'answered', data: asked };
  }

  emitNewMessage(conversationId: string, message: object) {
    this.#emit(conversationId, 'message:new', this.history.store(conversationId, message));
  }

  emitConversationUpdate(conversationId: string, conversation: object) {
    this.#emit(conversationId, 'conversation:update', { ...conversation, conversationId });
  }

  emitTypingIndicator(conversationId: string, userId: string, isTyping: boolean) {
    this.#emit(conversationId, 'user:typing', { conversationId, userId, isTyping });
  }

  /** How many are in a conversation. */
  listeners(conversationId: string) {
    return this.#room(conversationId).size;
  }

  /** To everybody, wherever they are. */
  announce(what: unknown) {
    for (const client of this.clients)
      client.send(JSON.stringify({ event: 'announced', data: what }));
  }

  kick() {
    for (const client of this.clients) client.close(1000, 'kicked');
  }

  drop() {
    for (const client of this.clients) client.terminate();
  }

  #room(conversationId: string) {
    const room = this.#rooms.get(conversationId) ?? new Set();
    this.#rooms.set(conversationId, room);
    return room;
  }

  #emit(conversationId: string, event: string, data: object) {
    for (const client of this.#room(conversationId)) client.send(JSON.stringify({ event, data }));
  }
}
