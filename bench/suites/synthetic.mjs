// The client's own work for one message: events told to it in the page by a socket that is not one.
import {
  clients,
  OURS,
  OURS_INLINE,
  OURS_WITH_SNAPSHOTS,
  RAW,
  RAW_BATCHES,
} from '../clients/index.js';
import { method, perMessage, section } from '../support/per-message.mjs';

const WITHOUT_PEERS = [RAW, OURS, OURS_WITH_SNAPSHOTS];
const WITH_PEERS = Object.keys(clients).filter(
  (name) => ![RAW_BATCHES, OURS_INLINE].includes(name),
);

const SETTINGS = ['numbered', 'plain'].flatMap((kind) => [
  { kind, conversations: 1, wanted: 1 },
  { kind, conversations: 100, wanted: 100 },
  { kind, conversations: 10_000, wanted: 10_000 },
  { kind, conversations: 10_000, wanted: 100 },
]);

export const synthetic = {
  title: 'Synthetic: the client’s own work for a message',

  async measure({ rounds, withPeers }) {
    const figures = [];
    for (const setting of SETTINGS) {
      // The peers know nothing of offsets.
      const names = withPeers && setting.kind === 'plain' ? WITH_PEERS : WITHOUT_PEERS;
      figures.push(await perMessage({ ...setting, names }, rounds));
    }
    return figures;
  },

  text: (figures) => `${method(figures[0].rounds)}\n\n${figures.map(section).join('\n\n')}`,
};
