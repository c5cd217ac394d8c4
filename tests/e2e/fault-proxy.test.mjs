// The proxy that the other tests break connections with does each thing that it says.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { startFaultProxy } from './support/fault-proxy.mjs';
import { until } from './support/until.mjs';

/** A server that says everything back, behind a proxy. */
async function startEcho(t) {
  const ends = [];
  const echo = createServer((socket) => {
    ends.push(socket);
    socket.on('error', () => {}).pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.after(() => echo.close());
  const proxy = await startFaultProxy(t, { url: `http://127.0.0.1:${echo.address().port}` });
  const begin = () => {
    const { hostname, port } = new URL(proxy.url);
    const socket = connect(port, hostname);
    t.after(() => socket.destroy());
    return socket;
  };
  const dial = async () => {
    const socket = begin();
    await once(socket, 'connect');
    return socket;
  };
  return { proxy, begin, dial, ends };
}

const heard = async (socket) => String((await once(socket, 'data'))[0]);
const failed = async (socket) => (await once(socket, 'error'))[0].code;

test('what is said passes, and so does the end', async (t) => {
  const { proxy, dial } = await startEcho(t);
  const socket = await dial();
  const large = 'x'.repeat(3_000_000);
  const all = text(socket);
  socket.end(large);
  assert.equal(await all, large);
  await until('the link is gone', () => proxy.links.length === 0);
});

test('a cut resets both ends', async (t) => {
  const { proxy, dial, ends } = await startEcho(t);
  const socket = await dial();
  await until('the server has it', () => ends.length === 1);
  const both = [failed(socket), failed(ends[0])];
  proxy.cut();
  assert.deepEqual(await Promise.all(both), ['ECONNRESET', 'ECONNRESET']);
  await until('the link is gone', () => proxy.links.length === 0);
});

test('what is frozen is held, those that come included, and goes on in order', async (t) => {
  const { proxy, dial, ends } = await startEcho(t);
  const socket = await dial();
  proxy.freeze('down');
  const other = await dial();
  socket.write('one ');
  other.write('two');
  await until('both have arrived', () => ends.length === 2 && ends.every((end) => end.bytesRead));
  assert.equal(socket.bytesRead + other.bytesRead, 0);
  socket.write('three');
  const both = [text(socket), text(other)];
  for (const end of [socket, other]) end.end();
  proxy.resume();
  assert.deepEqual(await Promise.all(both), ['one three', 'two']);
});

test('while it is frozen, the server is not told that a client has gone', async (t) => {
  const { proxy, dial, ends } = await startEcho(t);
  const [gone, other] = [await dial(), await dial()];
  await until('the server has both', () => ends.length === 2);
  proxy.freeze('both', [proxy.links[0]]);
  gone.resetAndDestroy();
  other.write('still here');
  assert.equal(await heard(other), 'still here');
  assert.equal(ends.filter((end) => end.destroyed).length, 0);
  proxy.resume();
  await until('it is told', () => ends.filter((end) => end.destroyed).length === 1);
});

test('it ends after so many bytes, which do arrive', async (t) => {
  const { proxy, dial } = await startEcho(t);
  const socket = await dial();
  proxy.cutAfter(7);
  socket.write('in the middle of it');
  const [came] = await Promise.all([heard(socket), once(socket, 'close')]);
  assert.equal(came, 'in the ');
});

test('it refuses, and takes again', async (t) => {
  const { proxy, begin, dial } = await startEcho(t);
  proxy.refuse();
  assert.equal(await failed(begin()), 'ECONNRESET');
  proxy.resume();
  const socket = await dial();
  socket.write('again');
  assert.equal(await heard(socket), 'again');
});

test('it delays', async (t) => {
  const { proxy, dial } = await startEcho(t);
  proxy.delay(60);
  const socket = await dial();
  const started = performance.now();
  socket.write('slow');
  assert.equal(await heard(socket), 'slow');
  assert.ok(performance.now() - started >= 119);
});
