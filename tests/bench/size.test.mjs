// What the package costs an application: `npm run size` shows it beside the peers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget, overBudget, plainBudget } from '../../bench/size/budget.mjs';
import { entrySizes } from '../../bench/size/entries.mjs';
import { isForSize } from '../../scripts/build.mjs';

test('every entry is within its budget', async (t) => {
  const sizes = await entrySizes();
  for (const [entry, { first, total }] of Object.entries(sizes)) {
    t.diagnostic(`${entry}: ${first.brotli} bytes before first paint, ${total.brotli} in all`);
    assert.ok(first.brotli > 0 && total.brotli >= first.brotli, entry);
  }
  assert.deepEqual(overBudget(sizes, isForSize() ? budget : plainBudget), []);
});

test('a byte too many is told, and so is an entry without a budget', () => {
  const sizes = {
    talkwire: { first: { brotli: 11 }, total: { brotli: 20 } },
    'talkwire/new': { first: { brotli: 1 }, total: { brotli: 1 } },
  };
  const allowed = { talkwire: { first: 10, total: 20 }, 'talkwire/old': { first: 1, total: 1 } };
  assert.deepEqual(overBudget(sizes, allowed), [
    'talkwire: first is 11 bytes, allowed are 10',
    'talkwire/new has no budget',
    'talkwire/old has a budget, but is no entry',
  ]);
});

test('every budget is for what is needed first and for the whole', () => {
  for (const [entry, parts] of Object.entries(budget))
    assert.deepEqual(Object.keys(parts), ['first', 'total'], entry);
});
