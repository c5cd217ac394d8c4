// What waits for the engine is bounded as the outbox is.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Waiting } from '../../src/js/waiting.js';

let dropped;
let taken;
let waiting;

function start(limits) {
  dropped = [];
  taken = [];
  waiting = new Waiting(
    { maxMessages: 3, maxBytes: 100, overflow: 'reject', ...limits },
    (number, reason) => dropped.push([number, reason]),
  );
}

const send = (number, bytes = 10, ttlMs = Infinity) =>
  waiting.addSend(number, bytes, ttlMs, (_, waitedMs) => taken.push([number, waitedMs]));

const take = () => {
  for (const call of waiting.takeAll()) call();
};

beforeEach(() => {
  vi.useFakeTimers();
  start();
});

afterEach(() => vi.useRealTimers());

test('all is handed over in order, once, with how long it waited', () => {
  send(1);
  vi.advanceTimersByTime(40);
  waiting.add(() => taken.push('a subscribe'));
  send(2);
  vi.advanceTimersByTime(2);
  take();
  take();
  expect(taken).toEqual([[1, 42], 'a subscribe', [2, 2]]);
  expect(dropped).toEqual([]);
});

test.each([
  ['reject', 'the new one', [[4, 'overflow']], [1, 2, 3]],
  ['drop-oldest', 'the oldest', [[1, 'overflow']], [2, 3, 4]],
])('where there is no room, %s drops %s', (overflow, _, gone, kept) => {
  start({ overflow });
  for (const number of [1, 2, 3, 4]) send(number);
  take();
  expect(dropped).toEqual(gone);
  expect(taken.map(([number]) => number)).toEqual(kept);
});

test('bytes are bounded too, and given back', () => {
  start({ overflow: 'drop-oldest' });
  send(1, 60);
  send(2, 30);
  send(3, 101);
  send(4, 70);
  send(5, 60);
  take();
  send(6, 100);
  take();
  expect(dropped).toEqual([
    [3, 'overflow'],
    [1, 'overflow'],
    [2, 'overflow'],
    [4, 'overflow'],
  ]);
  expect(taken.map(([number]) => number)).toEqual([5, 6]);
});

test('what grows too old is dropped, and what was handed over is not', () => {
  send(1, 10, 50);
  send(2, 10, 60);
  vi.advanceTimersByTime(50);
  expect(dropped).toEqual([[1, 'expired']]);
  take();
  vi.advanceTimersByTime(1_000);
  expect(dropped).toHaveLength(1);
  expect(taken).toEqual([[2, 50]]);
});

test('what is cancelled goes at once and gives its room back', () => {
  for (let number = 1; number <= 1_000; number += 1) {
    send(number, 10, 1_000);
    expect(waiting.drop(number, 'cancelled')).toBe(true);
  }
  expect(waiting.drop(1, 'cancelled')).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
  expect(waiting.takeAll()).toEqual([]);
  expect(dropped).toHaveLength(1_000);
});
