// Addresses, tokens and headers, as they are resolved for each attempt.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fillTemplate, requestHeaders, resolveDial } from '../../src/js/dial.js';
import { settled } from './support/options.js';

const FIRST = { attempt: 0 };
const dial = (options, why = FIRST) => resolveDial(settled(options), why);
const failure = (promise) =>
  promise.then(
    () => expect.fail('It was taken.'),
    (error) => error,
  );

function onPage(href) {
  vi.stubGlobal('location', new URL(href));
  vi.stubGlobal('document', { baseURI: href });
}

afterEach(() => vi.unstubAllGlobals());

describe('the address', () => {
  test.each([
    ['/ws', 'https://chat.example/room/1', 'wss://chat.example/ws'],
    ['ws?a=1', 'http://chat.example/room/1', 'ws://chat.example/room/ws?a=1'],
    ['//other/ws', 'https://chat.example/', 'wss://other/ws'],
    ['https://api.example/ws#part', 'https://chat.example/', 'wss://api.example/ws'],
    ['http://api.example:8080', 'http://chat.example/', 'ws://api.example:8080/'],
    ['ws://localhost:3001', 'https://chat.example/', 'ws://localhost:3001/'],
    ['ws://127.0.0.1', 'https://chat.example/', 'ws://127.0.0.1/'],
  ])('%s on %s is %s', async (url, page, expected) => {
    onPage(page);
    expect(await dial({ url })).toEqual({ url: expected, protocols: [] });
    expect(await dial({ url: async () => url })).toEqual({ url: expected, protocols: [] });
  });

  test('is asked for on every attempt', async () => {
    let attempt = 0;
    const options = settled({ url: () => `ws://x/${++attempt}` });
    expect((await resolveDial(options, FIRST)).url).toBe('ws://x/1');
    expect((await resolveDial(options, FIRST)).url).toBe('ws://x/2');
  });

  test('a relative one needs a page', async () => {
    const error = await failure(dial({ url: '/ws' }));
    expect(error).toMatchObject({ code: 'dial-failed', retryable: false });
    expect(error.message).toMatch(/relative/);
  });

  test.each([['ftp://x?token=secret'], [undefined], [7]])(
    'a function that gives %o fails',
    async (given) => {
      const error = await failure(dial({ url: () => given }));
      expect(error).toMatchObject({ code: 'dial-failed', retryable: true });
      expect(error.message).not.toContain('secret');
    },
  );

  test('a function that throws fails, and its own words are only the cause', async () => {
    const cause = new Error('no token=secret');
    const error = await failure(dial({ url: () => Promise.reject(cause) }));
    expect(error).toMatchObject({ code: 'dial-failed', retryable: true, cause });
    expect(error.message).not.toContain('secret');
  });

  test('a page that came over https may not open ws, and is told what to do', async () => {
    onPage('https://chat.example/');
    const error = await failure(dial({ url: 'ws://api.example/ws?token=secret' }));
    expect(error).toMatchObject({ code: 'mixed-content', retryable: false });
    expect(error.message).toContain('use wss://api.example');
    expect(error.message).not.toContain('secret');
  });
});

describe('the token', () => {
  const token = 'a+b/c=ü';

  test('goes into the query beside what is there', async () => {
    const { url } = await dial({ url: 'ws://x/ws?room=a%20b&flag', token });
    expect(url).toBe('ws://x/ws?room=a%20b&flag&token=a%2Bb%2Fc%3D%C3%BC');
  });

  test('replaces an older one in the query', async () => {
    const { url } = await dial({ url: 'ws://x/ws?token=old&room=1', token: 'new' });
    expect(url).toBe('ws://x/ws?room=1&token=new');
  });

  test('goes among the subprotocols', async () => {
    const { url, protocols } = await dial({ url: 'ws://x/', token, tokenIn: 'subprotocol' });
    expect(url).toBe('ws://x/');
    expect(protocols).toEqual([
      'talkwire.v1',
      `talkwire.token.${Buffer.from(token).toString('base64url')}`,
    ]);
    // What a browser takes (RFC 9110, 5.6.2).
    expect(protocols.every((protocol) => /^[\w.-]+$/.test(protocol))).toBe(true);
  });

  test('goes into the first frame', async () => {
    const { url, firstFrame } = await dial({ url: 'ws://x/', token, tokenIn: 'message' });
    expect(url).toBe('ws://x/');
    expect(JSON.parse(firstFrame)).toEqual({ type: 'auth', token });
  });

  test.each([
    [{}, {}, 'ws://x/socket.io/?EIO=4&transport=websocket', '{"token":"t"}'],
    [{ token: undefined }, {}, 'ws://x/socket.io/?EIO=4&transport=websocket', ''],
    [
      { tokenIn: 'query', path: '/io/' },
      {},
      'ws://x/io/?a=%20&EIO=4&transport=websocket&token=t',
      '',
    ],
    [
      {},
      { pid: 'p', offset: 'o' },
      'ws://x/socket.io/?EIO=4&transport=websocket',
      '{"token":"t","pid":"p","offset":"o"}',
    ],
  ])('goes into the payload of Socket.IO (%#)', async (more, recovery, url, credentials) => {
    const options = settled({
      url: more.path ? 'ws://x/?a=%20' : 'ws://x/chat',
      protocol: 'socket.io',
      token: 't',
      ...more,
    });
    const dialled = await resolveDial(options, { attempt: 0 }, recovery);
    expect(dialled).toEqual({ url, protocols: [], credentials });
  });

  test('goes into the first frame as the dialect names it', async () => {
    const dialled = { url: 'ws://x/', protocol: 'nest', token, tokenIn: 'message' };
    const { firstFrame } = await dial(dialled);
    expect(JSON.parse(firstFrame)).toEqual({ event: 'auth', data: { token } });
  });

  test.each([
    ['query', { url: 'ws://x/', protocols: [] }],
    ['message', { url: 'ws://x/', protocols: [] }],
    ['subprotocol', { url: 'ws://x/', protocols: ['talkwire.v1'] }],
  ])('null goes nowhere (%s)', async (tokenIn, expected) => {
    expect(await dial({ url: 'ws://x/', token: () => null, tokenIn })).toEqual(expected);
  });

  test('is asked for on every attempt, with the reason', async () => {
    const ask = vi.fn(({ attempt }) => `t${attempt}`);
    const options = settled({ url: 'ws://x/', token: ask });
    await resolveDial(options, FIRST);
    expect((await resolveDial(options, { attempt: 3, code: 4401 })).url).toBe('ws://x/?token=t3');
    expect(ask.mock.calls).toEqual([[FIRST], [{ attempt: 3, code: 4401 }]]);
  });

  test('is asked for by one call at a time', async () => {
    const calls = [];
    const token = () => new Promise((resolve) => calls.push(resolve));
    const options = settled({ url: 'ws://x/', token });
    const both = [resolveDial(options, FIRST), resolveDial(options, { attempt: 1 })];
    await vi.waitFor(() => expect(calls).toHaveLength(1));
    calls[0]('once');
    expect((await Promise.all(both)).map(({ url }) => url)).toEqual(
      Array(2).fill('ws://x/?token=once'),
    );
    resolveDial(options, { attempt: 2 });
    await vi.waitFor(() => expect(calls).toHaveLength(2));
  });

  test('a call that hangs for longer than an attempt may is not waited for', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(100);
    const token = vi
      .fn(() => new Promise(() => {}))
      .mockImplementationOnce(() => new Promise(() => {}));
    const options = settled({ url: 'ws://x/', token, connectTimeoutMs: 1_000 });
    resolveDial(options, FIRST);
    await vi.waitFor(() => expect(token).toHaveBeenCalledTimes(1));
    now.mockReturnValue(1_200);
    token.mockResolvedValue('late');
    expect((await resolveDial(options, { attempt: 1 })).url).toBe('ws://x/?token=late');
    now.mockRestore();
  });

  test.each([[() => 7], [() => ({ secret: 1 })], [() => Promise.reject(new Error('secret'))]])(
    'a function that gives none fails (%#)',
    async (token) => {
      const error = await failure(dial({ url: 'ws://x/', token }));
      expect(error).toMatchObject({ code: 'dial-failed', retryable: true });
      expect(error.message).not.toContain('secret');
    },
  );
});

describe('a URL template', () => {
  const messages = '/api/{conversationId}/messages?after={after}&limit=50';

  test.each([
    [
      messages,
      { conversationId: 'c 1/ü', after: 'm&1' },
      '/api/c%201%2F%C3%BC/messages?after=m%261&limit=50',
    ],
    [messages, { conversationId: 'c', after: null }, '/api/c/messages?limit=50'],
    ['/{conversationId}?after={after}', { conversationId: 'c', after: null }, '/c'],
    ['/{conversationId}?after={after}', { conversationId: 'c', after: '' }, '/c?after='],
    ['/list?q=a?b', {}, '/list?q=a?b'],
    ['/list', {}, '/list'],
  ])('%s with %o is %s', (template, values, expected) => {
    expect(fillTemplate(template, values)).toBe(expected);
  });

  test.each(['.', '..'])('an id %s does not lead elsewhere', (conversationId) => {
    expect(() => fillTemplate('/api/{conversationId}/messages', { conversationId })).toThrow();
  });
});

describe('the headers of a request', () => {
  const url = 'wss://chat.example/ws';
  const api = 'https://chat.example/api';

  test.each([
    [api, { authorization: 'Bearer t' }],
    ['/api', { authorization: 'Bearer t' }],
    ['https://other.example/api', {}],
    ['https://chat.example:8443/api', {}],
    ['http://chat.example/api', {}],
  ])('the token goes to the origin of the url alone: %s', async (to, expected) => {
    onPage('https://chat.example/');
    expect(await requestHeaders(settled({ url, token: 't' }), to)).toEqual(expected);
  });

  test('the application adds its own, and may say who it is', async () => {
    const headers = async () => [
      ['X-Tenant', '7'],
      ['Authorization', 'Basic x'],
    ];
    const options = settled({ url, token: 't', polling: { headers } });
    expect(await requestHeaders(options, api)).toEqual({
      'x-tenant': '7',
      authorization: 'Basic x',
    });
  });

  test('the token of the last attempt is used; it is asked for only where there was none', async () => {
    const token = vi.fn(({ attempt }) => `t${attempt}`);
    const options = settled({ url, token });
    expect(await requestHeaders(options, api)).toEqual({ authorization: 'Bearer t0' });
    await resolveDial(options, { attempt: 4 });
    expect(await requestHeaders(options, api)).toEqual({ authorization: 'Bearer t4' });
    expect(token).toHaveBeenCalledTimes(2);
  });

  test.each([
    [{ polling: { headers: () => ({ 'X-Key': 'secret\n\nü' }) } }],
    [{ polling: { headers: () => Promise.reject(new Error('secret')) } }],
    [{ token: 'secret\nü' }],
  ])('a wrong one is told without its value (%#)', async (options) => {
    const error = await failure(requestHeaders(settled({ url, ...options }), api));
    expect(error).toMatchObject({ code: 'poll-failed', retryable: true });
    expect(error.message).not.toContain('secret');
  });
});
