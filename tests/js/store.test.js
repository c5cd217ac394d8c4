// When listeners of stores are called.
import { expect, test, vi } from 'vitest';
import { Notifier, Store } from '../../src/js/store.js';

test('however much changes until listeners are called, a call is asked for once', () => {
  const notifier = new Notifier();
  notifier.schedule = vi.fn();
  const [one, other] = [new Store(notifier, 0), new Store(notifier, 0)];
  const [first, second] = [vi.fn(), vi.fn()];
  one.subscribe(first);
  other.subscribe(second);
  for (let value = 1; value <= 3; value += 1) one.set(() => value);
  other.set(() => 1);
  expect(notifier.schedule).toHaveBeenCalledTimes(1);
  expect(first).not.toHaveBeenCalled();

  const [[flush]] = notifier.schedule.mock.calls;
  flush();
  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  expect([one.getSnapshot(), other.getSnapshot()]).toEqual([3, 1]);
  one.set(() => 4);
  expect(notifier.schedule).toHaveBeenCalledTimes(2);
});
