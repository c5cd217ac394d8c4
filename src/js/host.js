// What the engine asks of this side: events, snapshots, addresses, pages. It decides nothing.
import { resolveDial } from './dial.js';
import { createHttp } from './http.js';
import { rendered, shown, titled } from './message.js';
import { pack } from './packets.js';
import { ask } from './safely.js';

/** In the order of src/web/mod.rs. */
const VERDICTS = [undefined, 'retry', 'refresh-token', 'stop'];

/** The object that one client's core calls. Nothing in it may throw. */
export function createHost(engine) {
  const { client, options, list, lane, instance } = engine;
  const http = createHttp(options);
  /** The application's verdict on a close, by its number. */
  const classify = (code, reason) => {
    const { classifyClose } = options;
    return VERDICTS.indexOf(classifyClose && ask(classifyClose, { code, reason }));
  };
  /** What is asked by HTTP and not answered yet, by number. */
  const asked = new Map();
  const answered =
    (call) =>
    (request, ...args) => {
      const controller = new AbortController();
      asked.set(request, controller);
      call(...args, controller.signal).then((reply) => {
        if (asked.delete(request)) engine.enter(({ core }) => core?.fetched(request, reply));
      });
    };
  const abort = (request) => {
    asked.get(request)?.abort();
    asked.delete(request);
  };
  const dialled =
    (dial) =>
    (generation, ...why) => {
      const tell = (isTarget) => (result) =>
        engine.enter(({ core }) => core?.dialled(generation, result, isTarget));
      dial(...why).then(tell(true), tell(false));
    };
  /** What opened before the engine was there, where it is what would be opened now. */
  const earlyTo = (url) => {
    const early = client.takeEarly();
    if (early?.socket.url === url && early.socket.readyState <= WebSocket.OPEN) return early;
    early?.socket.close();
    return undefined;
  };
  /** What is the case where nothing went wrong, by status. */
  const calm = {};
  const edit = (slot, change) => {
    const thread = engine.threadAt(slot);
    if (thread) change(thread);
  };
  return {
    readMessages: answered(http.readMessages),
    readBefore: answered(http.readBefore),
    readConversations: answered(http.readConversations),
    post: answered(http.post),
    probe: answered(http.probe),
    abort,
    wake: () => engine.enter(({ core }) => core?.tick()),
    flushSoon: () => queueMicrotask(() => instance.enter(() => engine.core?.flush())),
    want: (slot) => lane.want(slot, engine.idAt(slot)),
    unwant: (slot) => lane.unwant(engine.idAt(slot)),
    dial: dialled(async (attempt, code, isPolled) => {
      const [dial, { Socket }] = await Promise.all([
        resolveDial(options, { attempt, code }, lane.recovery),
        isPolled ? engine.longPolling() : { Socket: WebSocket },
      ]);
      return { ...dial, Socket };
    }),
    open: (generation, target) => {
      const { Socket, url, protocols } = target;
      const early = earlyTo(url);
      const socket = early?.socket ?? new Socket(url, protocols);
      // The core is still inside the call that opens it.
      if (early)
        queueMicrotask(() => {
          for (const event of early.told) socket[`on${event.type}`]?.(event);
        });
      return Object.assign(socket, {
        binaryType: 'arraybuffer',
        onopen: () => {
          if (target.firstFrame) socket.send(target.firstFrame);
          engine.enter(({ core }) => core?.opened(generation));
        },
        onmessage: lane.receiver(generation),
        onclose: ({ code, reason }) =>
          engine.enter(({ core }) =>
            core?.closed(generation, code, reason, classify(code, reason)),
          ),
      });
    },
    close: (socket, code) =>
      Object.assign(socket, { onopen: null, onmessage: null, onclose: null }).close(code),
    upgrade: (socket) => socket.upgrade(),
    pack,

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
      if (phase !== 'connecting') client.hangUp();
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
    ended: () => {
      for (const request of asked.keys()) abort(request);
      client.ended();
    },
  };
}

/** Whether a message that is shown already may go on being shown for this one. */
const isSame = (shown, message) =>
  Object.keys(message).every((name) => Object.is(shown[name], message[name]));
