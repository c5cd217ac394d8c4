// A server of a test's own.
import { once } from 'node:events';

/** Listens on a free port until the test `t` ends; resolves with host and port. */
export async function listen(t, server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${server.address().port}`;
}
