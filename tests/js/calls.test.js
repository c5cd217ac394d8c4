// What the engine awaits: it comes once, or not at all when it was called off.
import { describe, expect, test } from 'vitest';
import { Calls } from '../../src/js/calls.js';

/** A call whose promise the test keeps, and what came of it. */
function begun(calls, number) {
  const said = [];
  const call = { said };
  const promise = new Promise((resolve, reject) => Object.assign(call, { resolve, reject }));
  calls.start(
    number,
    (signal) => {
      call.signal = signal;
      return promise;
    },
    (result) => said.push(`done: ${result}`),
    (error) => said.push(`failed: ${error}`),
  );
  return call;
}

describe('what the engine awaits', () => {
  test('comes with its result or its error, and its signal stays as it is', async () => {
    const calls = new Calls();
    const [one, other] = [begun(calls, 1), begun(calls, 2)];
    one.resolve('yes');
    other.reject('no');
    await Promise.resolve();
    expect([one.said, other.said]).toEqual([['done: yes'], ['failed: no']]);
    calls.abortAll();
    expect([one.signal.aborted, other.signal.aborted]).toEqual([false, false]);
  });

  test.each([
    ['by its number', (calls) => calls.abort(1)],
    ['with all others', (calls) => calls.abortAll()],
  ])('is aborted and not heard of again when it is called off %s', async (_, abort) => {
    const calls = new Calls();
    const call = begun(calls, 1);
    abort(calls);
    expect(call.signal.aborted).toBe(true);
    call.resolve('too late');
    await Promise.resolve();
    expect(call.said).toEqual([]);
  });
});
