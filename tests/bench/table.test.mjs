import assert from 'node:assert/strict';
import { test } from 'node:test';
import { number, spread, table } from '../../bench/support/table.mjs';

test('numbers keep three digits and are grouped by thousands', () => {
  assert.deepEqual([1_234_567.8, 999.6, 45.67, 1.234, 0.05, 7, 0].map(number), [
    '1 234 568',
    '1 000',
    '45.7',
    '1.23',
    '0.05',
    '7',
    '0',
  ]);
});

test('a median stands before its interval, and alone where there is none', () => {
  assert.equal(spread({ median: 2.5, low: 2, high: 1_200 }), '2.50 [2, 1 200]');
  assert.equal(spread({ median: 2.5, low: null, high: null }), '2.50');
});

test('a table can be read as it stands', () => {
  const rows = [
    ['raw', '1 019'],
    ['talkwire', '9'],
  ];
  assert.equal(
    table(['client', 'ns'], rows),
    [
      '| client   |    ns |',
      '| -------- | ----: |',
      '| raw      | 1 019 |',
      '| talkwire |     9 |',
    ].join('\n'),
  );
});
