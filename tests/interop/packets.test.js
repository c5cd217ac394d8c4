// Packets are read as Socket.IO's own parsers write them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Packets, pack } from '../../src/js/packets.js';
import { golden } from './support/golden.js';

const FILE = join(import.meta.dirname, '../golden/socket-io.json');

const bytes = (numbers) => new Uint8Array(numbers).buffer;

function read(name, namespace = '/', recovery = {}) {
  const packets = new Packets(namespace, recovery, vi.fn());
  packets.read('40{"sid":"s"}'.replace('40', namespace === '/' ? '40' : `40${namespace},`));
  const [, frames] = golden().find(([title]) => title === name);
  return frames.flatMap((frame) => packets.read(typeof frame === 'string' ? frame : bytes(frame)));
}

describe('packets', () => {
  test('of the parsers', () => {
    const made = Object.fromEntries(golden());
    if (process.env.TALKWIRE_GOLDEN) writeFileSync(FILE, `${JSON.stringify(made, null, 2)}\n`);
    expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(made);
  });

  test.each([
    ['open', [{ packet: '0', data: expect.objectContaining({ pingInterval: 25_000 }) }]],
    ['close', [{ packet: '1', data: null }]],
    ['ping', [{ packet: '2', data: null }]],
    ['pong', []],
    ['noop', []],
    ['disconnect', [{ packet: '41', data: null, namespace: '/' }]],
    [
      'refused',
      [{ packet: '44', namespace: '/', data: { message: 'jwt expired', data: { status: 401 } } }],
    ],
    [
      'probe refused',
      [
        {
          packet: '44',
          namespace: '/talkwire-is-anybody-there',
          data: { message: 'Invalid namespace' },
        },
      ],
    ],
    [
      'event',
      [{ event: 'message:send', data: expect.objectContaining({ content: 'Grüße "du" 🎈\n' }) }],
    ],
    [
      'event with an ack',
      [{ event: 'subscribe', data: { conversationId: 'c' }, ref: 7, ack: expect.any(Function) }],
    ],
    ['event with an ack in a namespace', []],
    [
      'event of several arguments',
      [{ event: 'message:new', data: { id: 'm1' }, args: [{ id: 'm1' }, 'offset'] }],
    ],
    ['event alone', [{ event: 'done', data: undefined }]],
    ['ack', [{ packet: '43', ref: 7, data: { id: 'm1' } }]],
    ['ack in a namespace', []],
    [
      'binary event',
      [
        {
          event: 'file',
          data: { bytes: bytes([1, 2]) },
          args: [{ bytes: bytes([1, 2]) }, bytes([255])],
        },
      ],
    ],
    ['binary event with an ack', []],
    ['binary ack', [{ packet: '43', ref: 9, data: bytes([0]) }]],
  ])('%s', (name, expected) => {
    expect(read(name)).toEqual(expected);
  });

  test('in a namespace of our own', () => {
    expect(read('ack in a namespace', '/chat')).toEqual([{ packet: '43', ref: 7, data: 'yes' }]);
    expect(read('binary event with an ack', '/chat')).toMatchObject([
      { event: 'file', data: bytes([1]), ref: 3 },
    ]);
    expect(read('event', '/chat')).toEqual([]);
  });

  test('what comes before the session begins is told after it, in order', () => {
    const recovery = { pid: 'p', offset: 'o1' };
    const packets = new Packets('/', recovery, vi.fn());
    expect(packets.read('42["a",1,"o2"]')).toEqual([]);
    expect(packets.read('42["b",2,"o3"]')).toEqual([]);
    const [connect, ...missed] = packets.read('40{"sid":"s","pid":"p"}');
    expect(connect).toMatchObject({ packet: '40', recovered: true });
    expect(missed.map(({ event }) => event)).toEqual(['a', 'b']);
    expect(recovery).toEqual({ pid: 'p', offset: 'o3' });
    packets.read('42["c",3,"o4"]');
    expect(recovery.offset).toBe('o4');
    new Packets('/', recovery, vi.fn()).read('40{"sid":"s","pid":"q"}');
    expect(recovery).toEqual({ pid: 'q', offset: undefined });
  });

  test.each([
    [''],
    ['{"type":"hello"}'],
    ['2probe'],
    ['0'],
    ['40{'],
    ['42["a"'],
    ['42{}'],
    ['43{}'],
    ['45-["a"]'],
    ['451-["a",{"_placeholder":true,"num":1}]', bytes([1])],
    ['451-["a",{"_placeholder":true,"num":0}]', '2'],
    [bytes([1])],
    ['459999-["a"]'],
  ])('%s is refused', (...frames) => {
    const packets = new Packets('/', {}, vi.fn());
    packets.read('40{"sid":"s"}');
    expect(() => frames.forEach((frame) => void packets.read(frame))).toThrow();
    expect(packets.read('42["after"]')).toMatchObject([{ event: 'after' }]);
  });

  test('buffers are taken out of what is sent', () => {
    expect(pack({ plain: [1, null, 'a'] })).toBeUndefined();
    const floats = new Float64Array([1]);
    const [packed, ...buffers] = pack({ a: [bytes([1])], b: floats });
    expect(packed).toEqual({
      a: [{ _placeholder: true, num: 0 }],
      b: { _placeholder: true, num: 1 },
    });
    expect(buffers[1]).toHaveLength(8);
  });
});
