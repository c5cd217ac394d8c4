// @vitest-environment jsdom
// NestJS with its plain WsAdapter.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../js/support/until.js';
import { behavesAlike } from './support/behaviours.js';
import { page } from './support/page.js';
import { startServer, versionOf } from './support/server.js';

let server;
let pages;

beforeAll(async () => {
  server = await startServer('nest-ws');
});
afterAll(() => server.stop());

afterEach(async () => {
  for (const { client } of pages) client.close();
  await server.call('expectToken', null);
});

const open = (options) => {
  const opened = page({ url: `ws://${server.host}`, protocol: 'nest', ...options });
  pages = [opened];
  return opened;
};

describe(`NestJS ${versionOf('@nestjs/core')}, WsAdapter ${versionOf('@nestjs/platform-ws')}`, () => {
  behavesAlike({ server: () => server, open, reads: 2, statusOf: () => 'sent' });

  test('subscribe', async () => {
    const { join, client } = open();
    const conversation = await join(server, 'joined');
    expect(conversation.getSnapshot().status).toBe('live');
    const leave = client.conversation('left').subscribe(() => {});
    await until(async () => expect(await server.call('listeners', 'left')).toBe(1));
    leave();
    await until(async () => expect(await server.call('listeners', 'left')).toBe(0));
    client.send({ event: 'subscribe', data: { conversationId: 'raw' } });
    await until(async () => expect(await server.call('listeners', 'raw')).toBe(1));
  });

  test('what handlers return', async () => {
    const { join, client, heard } = open();
    await join(server, 'returns');
    client.send({ event: 'value', data: 'v' });
    client.send({ type: 'event', data: 'e' });
    await until(() => expect(heard('result')).toHaveLength(1));
    expect(heard('result')[0].data).toEqual({ asked: 'v' });
    await until(() => expect(heard('answered')).toHaveLength(1));
    expect(heard('answered')[0].data).toBe('e');
    expect(heard('error')).toEqual([]);
  });

  test('a request', async () => {
    const { client } = open();
    await expect(client.request('value', 1)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('bad token', async () => {
    await server.call('expectToken', 'good');
    const asked = [];
    const token = ({ code }) => {
      asked.push(code);
      return asked.length === 1 ? 'bad' : 'good';
    };
    const { client } = open({ token });
    client.connect();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    await until(() => expect(asked).toEqual([undefined, 4401]));
    client.close();
    const { client: other } = open({ token: 'bad' });
    other.connect();
    await until(() => expect(other.connection.getSnapshot().error?.code).toBe('unauthorized'));
    expect(other.connection.getSnapshot().phase).toBe('closed');
  });

  test('the wrong dialect', async () => {
    const { client, heard } = open({ protocol: 'json' });
    client.connect();
    await until(() => expect(client.connection.getSnapshot().isConnected).toBe(true));
    await server.call('announce', 'maintenance');
    await until(() => expect(heard('error')).toHaveLength(1));
    expect(heard('error')[0].error.message).toContain("set protocol: 'nest'");
  });
});
