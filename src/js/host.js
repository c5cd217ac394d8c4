// What the engine asks of this side: events, snapshots, addresses, pages. It decides nothing.
import { resolveDial } from './dial.js';
import { TalkwireError } from './error.js';
import { createHttp } from './http.js';
import { shown } from './message.js';
import { callSafely } from './store.js';

/** The object that one client's engine calls. Nothing in it may throw. */
export function createHost(client, options) {
  const { conversations, list, agents, instance } = client;
  const fenced =
    (call) =>
    (...args) =>
      instance.fence(call(...args));
  const http = createHttp(options);
  const edit = (slot, change) => {
    const conversation = conversations.bySlot(slot);
    if (conversation) change(conversation);
  };
  return {
    readMessages: fenced(http.readMessages),
    readBefore: fenced(http.readBefore),
    readConversations: fenced(http.readConversations),
    post: fenced(http.post),
    probe: fenced(http.probe),
    enter: (entry) => client.enter(entry),
    guard:
      (entry) =>
      (...args) =>
        client.enter(() => entry(...args)),
    soon: (entry) => queueMicrotask(() => client.instance.enter(entry)),
    receiver: (generation) => client.lane.receiver(generation),
    want: (slot, conversationId) => client.lane.want(slot, conversationId),
    unwant: (slot) => client.lane.unwant(slot),
    dial: fenced((attempt, code) => resolveDial(options, { attempt, code })),
    ping: () => {
      const ping = options.heartbeat?.ping;
      return typeof ping === 'string' || ping === undefined ? ping : JSON.stringify(ping);
    },
    classify: (code, reason) => {
      let verdict;
      if (options.classifyClose)
        callSafely(() => {
          verdict = options.classifyClose({ code, reason });
        });
      return verdict;
    },

    error: (code, message, retryable) => new TalkwireError(code, message, retryable),
    event: (type, conversationId, data, whole, via, late) => {
      const event = whole ?? { type, conversationId, data };
      if (event.type !== type) Object.assign(event, { type, event: event.type });
      if (conversationId !== undefined) event.conversationId = conversationId;
      event.via = via;
      if (late) event.late = true;
      client.emit(event);
    },
    report: (error, conversationId) => client.emit(errorEvent(error, conversationId)),
    lost: (conversationId) => client.emit({ type: 'gap', conversationId, data: null }),
    connection: (phase, transport = null, attempt, retryAt = null, error = null) =>
      client.setConnection({ phase, transport, attempt, retryAt, error }),

    place: (slot, index, replaces, data, state, clientId, draft) =>
      edit(slot, (conversation) =>
        conversation.place(
          index,
          replaces,
          shown(options.messageId, conversation.id, data, state, clientId, draft),
        ),
      ),
    state: (slot, index, state) =>
      edit(slot, (conversation) => conversation.setState(index, state)),
    remove: (slot, index, count) => edit(slot, (conversation) => conversation.remove(index, count)),
    status: (slot, status, error = null) =>
      edit(slot, (conversation) => conversation.assign({ status, error })),
    gap: (slot, hasGap) => edit(slot, (conversation) => conversation.assign({ hasGap })),
    typing: (slot, userIds) =>
      edit(slot, (conversation) => {
        const others = userIds.filter((userId) => userId !== client.userId);
        conversation.assign({ typing: Object.freeze(others) });
      }),
    presence: (slot, userIds) =>
      edit(slot, (conversation) => conversation.assign({ presence: Object.freeze(userIds) })),

    info: (conversationId, data) => {
      list.merge(conversationId, data);
      client.showInfo([conversationId]);
    },
    list: (infos) => client.showInfo(list.replace(infos)),
    read: (conversationId) => {
      if (!list.get(conversationId)) return;
      list.merge(conversationId, { unreadCount: 0 });
      client.showInfo([conversationId]);
    },
    agent: (agentId, data) =>
      agents.set(new Map(agents.getSnapshot()).set(agentId, Object.freeze(data))),
    identity: (userId) => {
      client.userId = userId;
    },
    settle: (delivery, status, reason, data) => client.settle(delivery, { status, reason, data }),
    loaded: (slot, error) => client.loaded(slot, error),
    forget: (slot) => conversations.forget(slot),
    ended: () => client.ended(),
  };
}

/** What the listeners of `error` get. */
export const errorEvent = (error, conversationId) => ({
  type: 'error',
  conversationId,
  data: error,
  error,
});
