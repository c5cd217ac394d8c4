// What the express lane knows of each conversation, as numbers: it keeps no text of a message alive, and a message
// touches one line of the processor's cache.

/** A row: the number that follows, then whole numbers, then the letters of the last id. */
const ROW_BYTES = 64;
const ROW_WORDS = ROW_BYTES / 4;
const ROW_NUMBERS = ROW_BYTES / 8;
const ERA = 2;
const IS_NUMBERED = 3;
const DEBTS = 4;
const LETTERS = 5;
const ID_AT = 24;
const MAX_LETTERS = ROW_BYTES - ID_AT;
const NEVER = -1;
/** Instead of a number, where the server numbers nothing. */
export const NO_NUMBER = -1;

const OWES = 1;
const HAS_FOLLOWERS = 2;

/** One row for each of the engine's slots. */
export class Places {
  #bytes = new Uint8Array(0);
  #words;
  #numbers;

  /** A conversation has this slot from now on. */
  open(slot) {
    if ((slot + 1) * ROW_BYTES > this.#bytes.length) this.#grow(slot + 1);
    this.#words[slot * ROW_WORDS + ERA] = NEVER;
    this.settle(slot);
  }

  /** The message with this id has passed, and what follows it may pass in this era: by number, or with later ids. */
  allow(slot, era, isNumbered, offset, id) {
    if (!this.#mayKeep(id, 0)) return this.forbid(slot);
    const words = slot * ROW_WORDS;
    this.#words[words + ERA] = era;
    this.#words[words + IS_NUMBERED] = isNumbered ? 1 : 0;
    this.#keep(slot, offset, id, 0);
  }

  /** Nothing may follow. */
  forbid(slot) {
    this.#words[slot * ROW_WORDS + ERA] = NEVER;
  }

  /** Whether a message follows the last one by leave of this era; then it is the last one. */
  follow(slot, era, offset, id) {
    const words = slot * ROW_WORDS;
    if (this.#words[words + ERA] !== era || this.#numbers[slot * ROW_NUMBERS] !== offset)
      return false;
    const same = this.#sameLetters(slot, id);
    const isAfter = this.#words[words + IS_NUMBERED] === 1 || this.#isAfter(slot, id, same);
    if (!isAfter || !this.#mayKeep(id, same)) return false;
    this.#keep(slot, offset, id, same);
    this.#words[words + DEBTS] |= HAS_FOLLOWERS;
    return true;
  }

  /** Whether messages have followed that the engine has not been given the last one's id of. */
  hasFollowers(slot) {
    return (this.#words[slot * ROW_WORDS + DEBTS] & HAS_FOLLOWERS) !== 0;
  }

  /** The engine is to be told of this conversation; false if that was known. */
  owe(slot) {
    const place = slot * ROW_WORDS + DEBTS;
    const isNew = (this.#words[place] & OWES) === 0;
    this.#words[place] |= OWES;
    return isNew;
  }

  /** It has been told. */
  settle(slot) {
    this.#words[slot * ROW_WORDS + DEBTS] = 0;
  }

  /** The id of the last message that followed. */
  lastId(slot) {
    const from = slot * ROW_BYTES + ID_AT;
    const length = this.#words[slot * ROW_WORDS + LETTERS];
    return String.fromCharCode(...this.#bytes.subarray(from, from + length));
  }

  /** How many letters an id begins with that the last one begins with, too. */
  #sameLetters(slot, id) {
    const from = slot * ROW_BYTES + ID_AT;
    const length = Math.min(id.length, this.#words[slot * ROW_WORDS + LETTERS]);
    let at = 0;
    while (at < length && id.charCodeAt(at) === this.#bytes[from + at]) at++;
    return at;
  }

  /** An id that is longer than the last one, or as long and greater, is new where that was after all that are known. */
  #isAfter(slot, id, same) {
    const length = this.#words[slot * ROW_WORDS + LETTERS];
    if (id.length !== length) return id.length > length;
    return same < length && id.charCodeAt(same) > this.#bytes[slot * ROW_BYTES + ID_AT + same];
  }

  /** An id fits into a row if it is not too long, and what differs is ASCII. */
  #mayKeep(id, same) {
    let letters = 0;
    for (let at = same; at < id.length; at++) letters |= id.charCodeAt(at);
    return letters < 128 && id.length <= MAX_LETTERS;
  }

  #keep(slot, offset, id, same) {
    const from = slot * ROW_BYTES + ID_AT;
    this.#numbers[slot * ROW_NUMBERS] = offset === NO_NUMBER ? NO_NUMBER : offset + 1;
    this.#words[slot * ROW_WORDS + LETTERS] = id.length;
    for (let at = same; at < id.length; at++) this.#bytes[from + at] = id.charCodeAt(at);
  }

  #grow(rows) {
    const before = this.#bytes;
    this.#bytes = new Uint8Array(Math.max(rows * ROW_BYTES, before.length * 2));
    this.#bytes.set(before);
    this.#words = new Int32Array(this.#bytes.buffer);
    this.#numbers = new Float64Array(this.#bytes.buffer);
  }
}
