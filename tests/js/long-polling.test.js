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
let probes;

/** A WebSocket that the test plays the server of. */
class Probe {
  sent = [];
  isClosed = false;
  bufferedAmount = 5;

  constructor(url) {
    this.url = url;
    probes.push(this);
  }

  send(data) {
    this.sent.push(data);
  }

  close(code) {
    this.isClosed = true;
    this.code = code;
  }

  /** The server answers the probe. */
  answer() {
    this.onopen();
    this.onmessage({ data: '3probe' });
  }
}

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
  probes = [];
  vi.stubGlobal('WebSocket', Probe);
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

/** Whatever was about to happen has. */
const turns = () => new Promise((resolve) => setImmediate(resolve));

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
  await turns();
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

async function tried() {
  await opened();
  socket.upgrade();
  return probes.at(-1);
}

test('a WebSocket takes over when nothing is on its way any more, and what waited goes over it in order', async () => {
  const probe = await tried();
  expect(probe.url).toBe(`${URL}&sid=s%201`);
  socket.send('42["before"]');
  await count('POST', 1);
  probe.answer();
  socket.send('42["after"]');
  socket.send(new Uint8Array([1]));
  last('GET').answer('42["heard"]\x1e6');
  await turns();
  expect(probe.sent).toEqual(['2probe']);
  last('POST').answer('ok');
  await until(() => expect(probe.sent).toHaveLength(4));
  expect(probe.sent).toEqual(['2probe', '5', '42["after"]', new Uint8Array([1])]);
  expect(told).toEqual(['open', OPEN, '42["heard"]', '6', 'open']);
  expect(asked).toHaveLength(3);
  probe.onmessage({ data: '42["over it"]' });
  socket.send('3');
  expect([told.at(-1), probe.sent.at(-1), socket.bufferedAmount]).toEqual([
    '42["over it"]',
    '3',
    5,
  ]);
  socket.upgrade();
  expect(probes).toHaveLength(1);
  socket.close(1000);
  expect([probe.isClosed, probe.code, probe.onclose]).toEqual([true, 1000, null]);
});

test('a WebSocket that has taken over and breaks off is the end', async () => {
  const probe = await tried();
  probe.answer();
  await turns();
  expect(probe.sent).toEqual(['2probe']);
  last('GET').answer('6');
  await until(() => expect(told.at(-1)).toBe('open'));
  probe.onclose({ code: 1001, reason: 'gone' });
  expect(told.at(-1)).toEqual({ code: 1001, reason: 'gone' });
});

test.each([
  ['does not open', (probe) => probe.onclose()],
  ['says something else', (probe) => probe.onmessage({ data: '2' })],
  ['is too late', () => socket.upgrade()],
])('a WebSocket that %s changes nothing', async (_, fail) => {
  const probe = await tried();
  fail(probe);
  expect([probe.isClosed, probe.onmessage]).toEqual([true, null]);
  last('GET').answer('2');
  socket.send('3');
  await count('POST', 1);
  await count('GET', 3);
  expect(told).toEqual(['open', OPEN, '2']);
});

test.each(['GET', 'POST'])(
  'a WebSocket that breaks off when only a %s has ended leaves all to HTTP again',
  async (ended) => {
    const probe = await tried();
    socket.send('3');
    await count('POST', 1);
    const onTheirWay = {
      GET: () => last('GET').answer('6'),
      POST: () => last('POST').answer('ok'),
    };
    probe.answer();
    socket.send('42["a"]');
    onTheirWay[ended]();
    await turns();
    expect([asked, probe.sent]).toEqual([expect.objectContaining({ length: 3 }), ['2probe']]);
    probe.onclose();
    for (const [method, end] of Object.entries(onTheirWay)) if (method !== ended) end();
    await count('GET', 3);
    await count('POST', 2);
    expect(last('POST').body).toBe('42["a"]');
    expect(told).toEqual(['open', OPEN, '6']);
  },
);

test('a server without WebSockets is not asked for one', async () => {
  last('GET').answer('0{"sid":"s","upgrades":[]}');
  await count('GET', 2);
  socket.upgrade();
  expect(probes).toEqual([]);
});

test('the end of a session ends what was tried beside it', async () => {
  const probe = await tried();
  last('GET').answer('', 502);
  await until(() => expect(told.at(-1)).toMatchObject({ code: 1006 }));
  expect(probe.isClosed).toBe(true);
});
