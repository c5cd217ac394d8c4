// What long-polling does with a server that answers, refuses, or is none.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Socket } from '../../src/js/long-polling.js';
import { until } from './support/until.js';

const OPEN = '0{"sid":"s 1","upgrades":["websocket"],"maxPayload":20}';
const URL = 'wss://chat.example/socket.io/?EIO=4&transport=websocket&token=t';
const HOME = 'https://chat.example/socket.io/?EIO=4&transport=polling&token=t';

let asked;
let told;
let socket;

/** Requests wait until they are answered, in turn: `answer(method, reply)`. */
beforeEach(() => {
  asked = [];
  vi.stubGlobal('fetch', (url, { method = 'GET', body, signal, keepalive }) => {
    const one = { url, method, body, signal, keepalive };
    asked.push(one);
    return new Promise((resolve, reject) => {
      one.answer = (text, status = 200) => resolve(new Response(text, { status }));
      one.fail = () => reject(new TypeError(`no way to ${url}`));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  told = [];
  socket = new Socket(URL);
  socket.onopen = () => told.push('open');
  socket.onmessage = ({ data }) => told.push(data);
  socket.onclose = ({ code, reason }) => told.push({ code, reason });
});
afterEach(() => vi.unstubAllGlobals());

const of = (method) => asked.filter((one) => one.method === method);
const last = (method) => of(method).at(-1);
const count = (method, number) => until(() => expect(of(method)).toHaveLength(number));

async function opened() {
  last('GET').answer(OPEN);
  await count('GET', 2);
}

test('what is heard comes in order, buffers as buffers, by one request after another', async () => {
  await opened();
  expect(told).toEqual(['open', OPEN]);
  expect(of('GET').map(({ url }) => url)).toEqual([HOME, `${HOME}&sid=s%201`]);
  last('GET').answer('2\x1e451-["file",{"_placeholder":true,"num":0}]\x1ebAQL/');
  await count('GET', 3);
  expect(told.slice(2, 4)).toEqual(['2', '451-["file",{"_placeholder":true,"num":0}]']);
  expect([...new Uint8Array(told[4])]).toEqual([1, 2, 255]);
});

test('what is said in one turn leaves together, what is said meanwhile after it, and no more than the server takes', async () => {
  await opened();
  socket.send('42["a"]');
  socket.send(new Uint8Array([1, 2, 255]));
  await count('POST', 1);
  socket.send('42["ééééé"]');
  socket.send('3');
  socket.send('42["b"]');
  expect(last('POST').body).toBe('42["a"]\x1ebAQL/');
  expect(last('POST').url).toBe(`${HOME}&sid=s%201`);
  expect(socket.bufferedAmount).toBe(8 + 6 + 17 + 2 + 8);
  last('POST').answer('ok');
  await count('POST', 2);
  expect(last('POST').body).toBe('42["ééééé"]\x1e3');
  last('POST').answer('ok');
  await count('POST', 3);
  last('POST').answer('ok');
  await until(() => expect(socket.bufferedAmount).toBe(0));
});

test.each([
  ['a page of somebody else', 'GET', (one) => one.answer('<html>sign in</html>'), 1006],
  ['nothing', 'GET', (one) => one.answer(''), 1006],
  ['an error', 'GET', (one) => one.answer('bad gateway', 502), 1006],
  ['no answer', 'GET', (one) => one.fail(), 1006],
  ['an error to what is said', 'POST', (one) => one.answer('{"code":1}', 400), 1006],
  ['too large', 'POST', (one) => one.answer('', 413), 1009],
])('%s ends it once, and with it whatever is on its way', async (_, method, end, code) => {
  await opened();
  socket.send('3');
  await count('POST', 1);
  end(last(method));
  await until(() => expect(told.at(-1)).toMatchObject({ code }));
  expect(asked.slice(1).every(({ signal }) => signal.aborted)).toBe(true);
  socket.send('3');
  socket.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).toHaveLength(3);
  expect(asked).toHaveLength(3);
  expect(JSON.stringify(told)).not.toContain('token');
});

test('whoever is no Engine.IO from the first begins no session', async () => {
  last('GET').answer('<html>sign in</html>');
  await until(() => expect(told).toEqual([{ code: 1006, reason: expect.any(String) }]));
  expect(asked).toHaveLength(1);
});

test('what no request can hold is not asked of the server', async () => {
  await opened();
  socket.send('42["far longer than it takes"]');
  await until(() => expect(told.at(-1)).toMatchObject({ code: 1009 }));
  expect(of('POST')).toEqual([]);
});

test('a close says so after what was said, in a request that outlives the page', async () => {
  await opened();
  socket.send('42["a"]');
  socket.close(1000);
  await count('POST', 1);
  expect(last('POST')).toMatchObject({ body: '42["a"]\x1e1', keepalive: true });
  expect(last('GET').signal.aborted).toBe(false);
  last('POST').answer('ok');
  await until(() => expect(last('GET').signal.aborted).toBe(true));
  expect(told).toEqual(['open', OPEN]);
});

test('a close before there is a session ends the request', () => {
  socket.close();
  expect(last('GET').signal.aborted).toBe(true);
  expect(told).toEqual([]);
});
