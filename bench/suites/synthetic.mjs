// The client's own work for one message: events told to it in the page by a socket that is not one.
import {
  clients,
  OURS,
  OURS_BY_CONVERSATION,
  OURS_ON_SOCKET_IO,
  OURS_WITH_SNAPSHOTS,
  RAW,
  RAW_BATCHES,
  RAW_PACKETS,
  SOCKET_IO,
} from '../clients/index.js';
import { method, perMessage, section } from '../support/per-message.mjs';

const EVERYTHING = [OURS, OURS_WITH_SNAPSHOTS];
/** Whoever listens to all events wants the messages of every conversation. */
const SOME = [OURS_BY_CONVERSATION];
const PEERS = Object.keys(clients).filter(
  (name) => ![RAW, RAW_BATCHES, RAW_PACKETS].includes(name) && !name.startsWith(OURS),
);

const SETTINGS = ['numbered', 'plain'].flatMap((kind) => [
  { kind, conversations: 1, wanted: 1, ours: EVERYTHING },
  { kind, conversations: 100, wanted: 100, ours: EVERYTHING },
  { kind, conversations: 10_000, wanted: 10_000, ours: EVERYTHING },
  { kind, conversations: 10_000, wanted: 100, ours: SOME },
]);
/** Frames that a raw socket has no use for. */
const ON_SOCKET_IO = [1, 100, 10_000].map((conversations) => ({
  kind: 'socket.io',
  conversations,
  wanted: conversations,
  names: [SOCKET_IO, RAW_PACKETS, OURS_ON_SOCKET_IO],
  base: SOCKET_IO,
}));

const text = (figures) => `${method(figures[0].rounds)}\n\n${figures.map(section).join('\n\n')}`;

export const synthetic = {
  title: 'Synthetic: the client’s own work for a message',

  measure({ rounds, withPeers, keep }) {
    const settings = SETTINGS.map(({ ours, ...setting }) => {
      // The peers know nothing of offsets; and all of them at every setting would take hours.
      const hasPeers = withPeers && setting.kind === 'plain' && setting.conversations === 100;
      const peers = hasPeers ? PEERS : [];
      return { ...setting, names: [RAW, ...ours, ...peers] };
    });
    return eachOf(settings, rounds, keep);
  },

  text,
};

export const packets = {
  title: 'Synthetic: the client’s own work for a message of a Socket.IO server',

  measure: ({ rounds, keep }) => eachOf(ON_SOCKET_IO, rounds, keep),

  text,
};

/** All together take long: what was measured is kept, whatever comes. */
async function eachOf(settings, rounds, keep) {
  const figures = [];
  for (const setting of settings) {
    figures.push(await perMessage(setting, rounds));
    keep(figures);
  }
  return figures;
}
