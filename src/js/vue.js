// Vue composables: thin adapters over the stores of a client.
import {
  computed,
  defineComponent,
  getCurrentInstance,
  inject,
  onMounted,
  onScopeDispose,
  provide,
  shallowRef,
  toValue,
  watch,
} from 'vue';
import { Line } from './line.js';
import { isServer, provide as provision } from './share.js';
import { actionsOf, connectionOf, FIELDS, provided, viewOf } from './view.js';

const CLIENT = Symbol('talkwire');

/** Gives a client to all below; see vue.d.ts. */
export function provideClient(given) {
  const { client, release } = provision(given);
  onScopeDispose(release);
  provide(CLIENT, client);
  return client;
}

export const TalkwireProvider = defineComponent({
  name: 'TalkwireProvider',
  props: ['client', 'url', 'options'],
  setup(props, { slots }) {
    provideClient(props);
    return () => slots.default?.();
  },
});

export const useClient = () => provided(inject(CLIENT, null));

export function useConversation(id, { initialMessages } = {}) {
  const client = useClient();
  const view = computed(() => viewOf(client, toValue(id), toValue(initialMessages)));
  const snapshot = useStore(() => view.value);
  const refs = FIELDS.map((name) => [name, computed(() => snapshot.value[name])]);
  return { ...Object.fromEntries(refs), ...actionsOf(() => view.value.target) };
}

export function useConversations() {
  const { conversations } = useClient();
  return useStore(() => conversations);
}

export function useAgents() {
  const { agents } = useClient();
  return useStore(() => agents);
}

export function useConnection(client = useClient()) {
  return useStore(() => connectionOf(toValue(client)));
}

export function useWebSocket(url, onMessage, options) {
  const line = new Line();
  const client = shallowRef(null);
  const follow = ([url, options]) => {
    client.value = line.follow(url, onMessage, options);
  };
  watch([() => toValue(url), () => toValue(options)], follow, { immediate: true });
  onScopeDispose(() => line.follow(null));
  const connection = useConnection(client);
  return { send: line.send, isConnected: computed(() => connection.value.isConnected), client };
}

/** A ref of the value of the store that `source()` gives. */
function useStore(source) {
  // What a server rendered is taken over as it was rendered.
  const isHydrating = Boolean(getCurrentInstance()?.vnode.el);
  const value = shallowRef(isHydrating ? source().getServerSnapshot() : source().getSnapshot());
  if (isServer()) return value;
  const read = () => {
    value.value = source().getSnapshot();
  };
  const follow = (store, before, onCleanup) => {
    if (before || !isHydrating) read();
    onCleanup(store.subscribe(read));
  };
  watch(source, follow, { immediate: true, flush: 'sync' });
  if (isHydrating) onMounted(read);
  return value;
}
