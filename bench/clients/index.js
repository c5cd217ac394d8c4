// Who is measured: the module here that opens them, and the server that they need where json will not do.
export const RAW = 'WebSocket + JSON.parse + Map';
/** The same, for a server that sends batches. */
export const RAW_BATCHES = 'WebSocket, batches taken apart';
/** The same on a Socket.IO server. */
export const RAW_PACKETS = 'WebSocket, packets taken apart';
export const OURS = 'talkwire';
export const OURS_INLINE = 'talkwire/inline';
export const OURS_WITH_SNAPSHOTS = 'talkwire, snapshots kept';
export const OURS_BY_CONVERSATION = 'talkwire, by conversation';
export const OURS_ON_SOCKET_IO = 'talkwire, Socket.IO';
export const SOCKET_IO = 'socket.io-client';

export const clients = {
  [RAW]: { module: 'raw.js' },
  [RAW_BATCHES]: { module: 'raw-batches.js' },
  [RAW_PACKETS]: { module: 'raw-packets.js', server: 'socket.io' },
  [OURS]: { module: 'talkwire.js' },
  [OURS_INLINE]: { module: 'talkwire-inline.js' },
  [OURS_WITH_SNAPSHOTS]: { module: 'talkwire-snapshots.js' },
  [OURS_BY_CONVERSATION]: { module: 'talkwire-conversations.js' },
  [OURS_ON_SOCKET_IO]: { module: 'talkwire-socket-io.js', server: 'socket.io' },
  'reconnecting-websocket': { module: 'reconnecting-websocket.js' },
  partysocket: { module: 'partysocket.js' },
  'react-use-websocket': { module: 'react-use-websocket.jsx' },
  'react-use-websocket, no state': { module: 'react-use-websocket-filtered.jsx' },
  [SOCKET_IO]: { module: 'socket-io.js', server: 'socket.io' },
  centrifuge: { module: 'centrifuge.js', server: 'centrifuge' },
  phoenix: { module: 'phoenix.js', server: 'phoenix' },
};
