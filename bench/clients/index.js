// Who is measured: the module here that opens them, and the server that they need where json will not do.
export const RAW = 'WebSocket + JSON.parse + Map';

export const clients = {
  [RAW]: { module: 'raw.js' },
  talkwire: { module: 'talkwire.js' },
  'talkwire, snapshots kept': { module: 'talkwire-snapshots.js' },
  'reconnecting-websocket': { module: 'reconnecting-websocket.js' },
  partysocket: { module: 'partysocket.js' },
  'react-use-websocket': { module: 'react-use-websocket.jsx' },
  'react-use-websocket, no state': { module: 'react-use-websocket-filtered.jsx' },
  'socket.io-client': { module: 'socket-io.js', server: 'socket.io' },
  centrifuge: { module: 'centrifuge.js', server: 'centrifuge' },
  phoenix: { module: 'phoenix.js', server: 'phoenix' },
};
