import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generator } from '../../bench/page/generator.js';
import { median, medianInterval, pairedRatios, summary } from '../../bench/support/statistics.mjs';

test('the median is the middle, or the mean of the two in the middle', () => {
  assert.equal(median([5, 1, 100]), 5);
  assert.equal(median([10, 2, 4, 8]), 6);
});

test('of 30 values the interval goes from the 10th to the 21st', () => {
  const values = Array.from({ length: 30 }, (_, index) => (index * 7) % 30);
  assert.deepEqual(medianInterval(values), [9, 20]);
  assert.deepEqual(summary(values), { median: 14.5, low: 9, high: 20, count: 30 });
});

test('of 6 values it goes from the least to the most, and of 5 there is none', () => {
  assert.deepEqual(medianInterval([3, 1, 2, 6, 5, 4]), [1, 6]);
  assert.equal(medianInterval([3, 1, 2, 5, 4]), null);
});

test('the interval holds the true median as often as it says, and not much more often', () => {
  const random = generator(1);
  const rounds = 4_000;
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    // Skewed, as times are: the median of the square of a uniform number is a quarter.
    const [low, high] = medianInterval(Array.from({ length: 30 }, () => random() ** 2));
    if (low <= 0.25 && 0.25 <= high) held += 1;
  }
  // Exactly, it is 95.7 %.
  assert.ok(Math.abs(held / rounds - 0.957) < 0.01, `${held} of ${rounds}`);
});

test('ratios are taken pair by pair', () => {
  assert.deepEqual(pairedRatios([2, 9, 40], [1, 3, 10]), [2, 3, 4]);
});

test('what is measured is left as it was', () => {
  const values = [3, 1, 2, 9, 8, 7];
  summary(values);
  assert.deepEqual(values, [3, 1, 2, 9, 8, 7]);
});
