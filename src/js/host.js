// What the engine asks of this side: events, snapshots, addresses, pages. It decides nothing.
import { resolveDial } from './dial.js';
import { createHttp } from './http.js';
import { rendered, shown, titled } from './message.js';
import { pack } from './packets.js';
import { ask } from './safely.js';

/** The object that one client's core calls. Nothing in it may throw. */
export function createHost(engine) {
  const { client, options, list, lane, instance, calls, dials } = engine;
  const http = createHttp(options);
  /** The engine's next deadline. */
  let timer;
  /** Tells the core, if it is there, what happened. */
  const tell = (call) => engine.enter(({ core }) => core && call(core));
  const fetching =
    (fetch, isList = false) =>
    (request, ...args) => {
      const start = (signal) => fetch(...args, signal);
      calls.start(request, start, (reply) => tell((core) => core.fetched(request, reply, isList)));
    };
  const open = (generation, { Socket, url, protocols, firstFrame, credentials = '' }) => {
    const socket = new Socket(url, protocols);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      if (firstFrame) socket.send(firstFrame);
      tell((core) => core.opened(generation));
    };
    socket.onmessage = lane.receiver(generation);
    socket.onclose = ({ code, reason }) =>
      tell((core) => core.closed(generation, code, reason, verdictOn(code, reason)));
    tell((core) => core.dialled(generation, socket, credentials));
  };
  /** The application's own. */
  const verdictOn = (code, reason) =>
    options.classifyClose && ask(options.classifyClose, { code, reason });
  /** What is the case where nothing went wrong, by status. */
  const calm = {};
  const edit = (slot, change) => {
    const thread = engine.threadAt(slot);
    if (thread) change(thread);
  };
  return {
    readMessages: fetching(http.readMessages),
    readBefore: fetching(http.readBefore),
    readConversations: fetching(http.readConversations, true),
    post: fetching(http.post),
    probe: fetching(http.probe),
    abort: (request) => calls.abort(request),
    dial: (generation, attempt, code, isPolled) => {
      const start = () =>
        Promise.all([
          resolveDial(options, { attempt, code }, lane.recovery),
          isPolled ? engine.longPolling() : { Socket: WebSocket },
        ]);
      const failed = (error) => {
        const detail = String(error?.message ?? '');
        const isMixed = error?.code === 'mixed-content';
        tell((core) => core.dialFailed(generation, detail, error?.retryable === false, isMixed));
      };
      const done = ([dial, { Socket }]) => {
        try {
          open(generation, { ...dial, Socket });
        } catch (error) {
          // The browser refuses the address.
          failed(error);
        }
      };
      dials.start(generation, start, done, failed);
    },
    abortDial: (generation) => dials.abort(generation),
    wakeIn: (delayMs) => {
      clearTimeout(timer);
      if (delayMs !== undefined) timer = setTimeout(() => tell((core) => core.tick()), delayMs);
    },
    flushSoon: () => queueMicrotask(() => instance.enter(() => engine.core?.flush())),
    want: (slot) => lane.want(slot, engine.idAt(slot)),
    unwant: (slot) => lane.unwant(engine.idAt(slot)),
    upgrade: (socket) => socket.upgrade(),
    pack,
    ping: () => {
      const ping = options.heartbeat.ping;
      return typeof ping === 'string' || ping === undefined ? ping : JSON.stringify(ping);
    },

    error: (code, message, retryable) => client.error(code, message, retryable),
    event: (type, conversationId, data, whole, via, late) => {
      const event = titled(whole ?? { type, data }, type, conversationId);
      event.via = via;
      if (late) event.late = true;
      client.emit(event);
    },
    report: (error, conversationId) => client.report(error, conversationId),
    lost: (conversationId) => client.emit({ type: 'gap', conversationId, data: null }),
    connection: (phase, transport = null, attempt, retryAt = null, error = null) => {
      // A broken instance may not have noticed yet that it is.
      const isConnected = transport !== null;
      if (!client.isOver) client.show({ phase, transport, isConnected, attempt, retryAt, error });
    },

    place: (slot, index, replaces, data, state, clientId, draft) =>
      edit(slot, (thread) => {
        const message = shown(options.messageId, thread.id, data, state, clientId, draft);
        const before = rendered.get(data);
        thread.place(index, replaces, before && isSame(before, message) ? before : message);
      }),
    state: (slot, index, state) => edit(slot, (thread) => thread.setState(index, state)),
    remove: (slot, index, count) => edit(slot, (thread) => thread.remove(index, count)),
    status: (slot, status, error = null) => {
      if (error === null) calm[status] ??= { status, error };
      engine.assign(slot, error === null ? calm[status] : { status, error });
    },
    gap: (slot, hasGap) => engine.assign(slot, { hasGap }),
    typing: (slot, userIds) => {
      const others = userIds.filter((userId) => userId !== engine.userId);
      engine.assign(slot, { typing: Object.freeze(others) });
    },
    presence: (slot, userIds) => engine.assign(slot, { presence: Object.freeze(userIds) }),

    info: (conversationId, data) => {
      list.merge(conversationId, data);
      engine.showInfo([conversationId]);
    },
    list: (infos) => engine.showInfo(list.replace(infos)),
    read: (conversationId) => {
      if (!list.get(conversationId)) return;
      list.merge(conversationId, { unreadCount: 0 });
      engine.showInfo([conversationId]);
    },
    agent: (agentId, data) => {
      const all = new Map(client.agents.getSnapshot()).set(agentId, Object.freeze(data));
      client.agents.set(() => all);
    },
    identity: (userId) => {
      engine.userId = userId;
    },
    settle: (delivery, status, reason, data) => {
      const outcome = { status };
      if (reason !== undefined) outcome.reason = reason;
      if (data !== undefined) outcome.data = data;
      client.settle(delivery, outcome);
    },
    loaded: (slot, error) => engine.loaded(slot, error),
    forget: (slot) => engine.forget(slot),
    ended: () => client.ended(),
  };
}

/** Whether a message that is shown already may go on being shown for this one. */
const isSame = (shown, message) =>
  Object.keys(message).every((name) => Object.is(shown[name], message[name]));
