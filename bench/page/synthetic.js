// What a client does with a message, from the socket's event to the application's handler.
import { servers } from '../servers/index.js';
import { wire } from './fake-socket.js';
import { generator } from './generator.js';
import { until } from './until.js';

const WARM_UP = 20_000;
/** Browsers compile what is hot more than once. */
const WARM_UP_ROUNDS = 4;

/** Gives the page `prepare`, `fill` and `tell`, for one client at one kind of server. */
export function synthetic(open, kind) {
  const server = servers[kind]();
  wire.server = server;
  let events = [];
  let expected = 0;
  let heard = 0;
  let isWanted;
  let nextConversation;

  /** Joins `wanted` of the conversations that the server tells of, and hears enough for the code to be compiled. */
  globalThis.prepare = async ({ conversations, wanted }) => {
    const random = generator(conversations);
    const ids = Array.from({ length: conversations }, (_, index) => `conversation:${index}`);
    const conversationIds = ids.filter((_, index) => index % (conversations / wanted) === 0);
    const handlers = new Map(conversationIds.map((id) => [id, handler()]));
    isWanted = (id) => handlers.has(id);
    nextConversation = () => ids[Math.floor(random() * ids.length)];
    open({ url: 'ws://localhost', conversationIds, handlers });
    await until('all are joined', () => server.joined.size === wanted && wire.socket.isQuiet);
    // The first message of a conversation may be another matter than those that follow.
    for (let at = 0; at < ids.length; at += WARM_UP) {
      make(ids.slice(at, at + WARM_UP));
      await globalThis.tell();
    }
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      globalThis.fill(WARM_UP);
      await globalThis.tell();
    }
  };

  /** Makes so many messages, to be told by `tell`. */
  globalThis.fill = (count) => make(Array.from({ length: count }, nextConversation));

  /** Tells them; the application must hear of each that it wants, if only with the next frame. */
  globalThis.tell = async () => {
    await wire.socket.tellAll(events);
    await until('all are heard', () => heard >= expected);
    if (heard !== expected) throw new Error(`${heard} messages were heard, not ${expected}`);
  };

  function make(ids) {
    events = ids.map((id) => new MessageEvent('message', { data: server.message(id) }));
    expected = heard + ids.filter(isWanted).length;
    globalThis.gc();
  }

  function handler() {
    return (data) => {
      if (data.content.length > 0) heard += 1;
    };
  }
}
