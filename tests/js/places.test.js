// Which message follows the last one of its conversation.
import { expect, test } from 'vitest';
import { NO_NUMBER, Places } from '../../src/js/places.js';

const ERA = 7;

function opened(slot, isNumbered, offset, id) {
  const places = new Places();
  for (let other = 0; other <= slot; other++) places.open(other);
  places.allow(slot, ERA, isNumbered, offset, id);
  return places;
}

function hashOf(text, base) {
  const letters = [...text].map((letter) => BigInt(letter.charCodeAt(0)));
  return Number(letters.reduce((hash, letter) => (hash * BigInt(base) + letter) % 2n ** 32n, 1n));
}

test('without numbers, what has a later id follows', () => {
  const places = opened(0, false, NO_NUMBER, 'msg_8');
  const follow = (id) => places.follow(0, places.rowOf(0), ERA, NO_NUMBER, id);
  expect(follow('msg_8')).toBe(false);
  expect(follow('msg_7')).toBe(false);
  expect(follow('zz')).toBe(false);
  expect(follow('msg_9')).toBe(true);
  expect(follow('msg_10')).toBe(true);
  expect(follow('msg_9')).toBe(false);
  expect(follow('msg_1ü')).toBe(false);
  expect(follow('msg_11')).toBe(true);
  expect(places.follow(0, places.rowOf(0), ERA, 0, 'msg_12')).toBe(false);
  expect(places.lastId(0)).toBe('msg_11');
});

test('with numbers, what has the next one follows, whatever its id', () => {
  const places = opened(0, true, 41, 'f00d');
  expect(places.follow(0, places.rowOf(0), ERA, 43, 'beef')).toBe(false);
  expect(places.follow(0, places.rowOf(0), ERA, NO_NUMBER, 'beef')).toBe(false);
  expect(places.follow(0, places.rowOf(0), ERA, 42, 'beef')).toBe(true);
  expect(places.follow(0, places.rowOf(0), ERA, 42, 'cafe')).toBe(false);
  expect(places.follow(0, places.rowOf(0), ERA, 43, 'a')).toBe(true);
  expect(places.lastId(0)).toBe('a');
});

test('leave ends with its era, when it is taken back, and where the slot is given to another', () => {
  const places = opened(0, true, 1, 'a');
  expect(places.follow(0, places.rowOf(0), ERA + 1, 2, 'b')).toBe(false);
  places.forbid(0);
  expect(places.follow(0, places.rowOf(0), ERA, 2, 'b')).toBe(false);
  places.allow(0, ERA, true, 1, 'a');
  places.open(0);
  expect(places.follow(0, places.rowOf(0), ERA, 2, 'b')).toBe(false);
});

test('an id that does not fit into its row is asked about, and touches no other row', () => {
  const places = opened(2, false, NO_NUMBER, 'm1');
  places.allow(1, ERA, false, NO_NUMBER, 'm'.repeat(41));
  expect(places.follow(1, places.rowOf(1), ERA, NO_NUMBER, 'n'.repeat(41))).toBe(false);
  places.allow(1, ERA, false, NO_NUMBER, 'm'.repeat(39));
  expect(places.follow(1, places.rowOf(1), ERA, NO_NUMBER, 'm'.repeat(40))).toBe(true);
  expect(places.follow(1, places.rowOf(1), ERA, NO_NUMBER, 'm'.repeat(41))).toBe(false);
  expect(places.lastId(1)).toBe('m'.repeat(40));
  expect(places.follow(2, places.rowOf(2), ERA, NO_NUMBER, 'm2')).toBe(true);
});

test('those that followed are told by the hashes of their ids, as the engine counts them', () => {
  const places = opened(1, true, 1, 'm:998');
  const ids = ['m:999', 'm:1000', 'm:1001', 'm:0', 'm:0'];
  ids.forEach((id, at) => {
    expect(places.follow(1, places.rowOf(1), ERA, at + 2, id)).toBe(true);
  });
  const told = ids.flatMap((id) => [1, hashOf(id, 0x9e3779b5), hashOf(id, 0x85ebca6b)]);
  expect([...places.takeFollowers()]).toEqual(told);
  expect([...places.takeFollowers()]).toEqual([]);
});

test('the engine is to be told before there are more than it is told of at once', () => {
  const places = opened(0, true, 0, 'm');
  let told = 0;
  while (!places.isFull) expect(places.follow(0, places.rowOf(0), ERA, ++told, 'm')).toBe(true);
  expect(places.takeFollowers().length).toBe(3 * told);
  expect(places.isFull).toBe(false);
});

test('what is shown stays so while others come to want it, until it is shown no more', () => {
  const places = new Places();
  places.show(2, true);
  places.open(2);
  places.open(1);
  expect([1, 2].map((slot) => places.isShown(places.rowOf(slot)))).toEqual([false, true]);
  places.show(2, false);
  expect(places.isShown(places.rowOf(2))).toBe(false);
});

test('what is owed is told once, until it is settled', () => {
  const places = opened(3, true, 1, 'a');
  expect(places.hasFollowers(3)).toBe(false);
  places.owe(3);
  places.owe(3);
  places.follow(3, places.rowOf(3), ERA, 2, 'b');
  expect(places.hasFollowers(3)).toBe(true);
  expect(places.takeOwing()).toEqual([3]);
  places.settle(3);
  expect(places.hasFollowers(3)).toBe(false);
  places.owe(3);
  expect(places.takeOwing()).toEqual([3]);
});

test('a conversation of which nothing has passed has no row, and is nobody’s', () => {
  const places = new Places();
  for (let slot = 0; slot < 100; slot++) places.open(slot);
  places.show(200, false);
  places.allow(7, ERA, true, 1, 'a');
  places.show(9, true);
  expect(places.follow(8, places.rowOf(8), ERA, 2, 'b')).toBe(false);
  expect(places.hasFollowers(8) || places.isShown(places.rowOf(8))).toBe(false);
  expect(places.follow(7, places.rowOf(7), ERA, 2, 'b')).toBe(true);
  expect(places.isShown(places.rowOf(9))).toBe(true);
});
