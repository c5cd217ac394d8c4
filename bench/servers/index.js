// The servers that clients are measured on. Each speaks to one client and runs in Node as in a page.
import { CentrifugeServer } from './centrifuge.js';
import { JsonServer } from './json.js';
import { PhoenixServer } from './phoenix.js';
import { SocketIoServer } from './socket-io.js';

export const servers = {
  /** json, messages with ids only. */
  plain: () => new JsonServer(),
  /** json, with offsets. */
  numbered: () => new JsonServer(['ack', 'replay']),
  /** json, with offsets, and frames in batches. */
  batching: () => new JsonServer(['ack', 'replay', 'batch']),
  'socket.io': () => new SocketIoServer(),
  centrifuge: () => new CentrifugeServer(),
  phoenix: () => new PhoenixServer(),
};
