// What the express lane knows of each conversation, as numbers: it keeps no text of a message alive, and a message
// touches one line of the processor's cache.

/** A row: the number that follows, then whole numbers, then the letters of the last id. */
const ROW_BYTES = 64;
const ROW_WORDS = ROW_BYTES / 4;
const ROW_NUMBERS = ROW_BYTES / 8;
const ERA = 2;
/** The last id's hashes, as `src/engine/window.rs` counts them. */
const FIRST_HASH = 3;
const SECOND_HASH = 4;
const FLAGS = 20;
const LETTERS = 21;
const ID_AT = 24;
const MAX_LETTERS = ROW_BYTES - ID_AT;
const NEVER = -1;
/** The row of those that have none: nothing may follow, and nothing is shown. */
const NOBODYS = 0;
/** Instead of a number, where the server numbers nothing. */
export const NO_NUMBER = -1;

const IS_NUMBERED = 1;
const OWES = 2;
const HAS_FOLLOWERS = 4;
const IS_SHOWN = 8;

const FIRST_BASE = 0x9e3779b5;
const SECOND_BASE = 0x85ebca6b;
/** What a letter counts in the hashes, by how many follow it. */
const FIRST_POWERS = powersOf(FIRST_BASE);
const SECOND_POWERS = powersOf(SECOND_BASE);

/** So many may follow until the engine is told of them: their slots and hashes. */
const MAX_FOLLOWERS = 256;
const FOLLOWER_WORDS = 3;

/** A row for each of the engine's slots in which something has passed. */
export class Places {
  #owing = [];
  #rows = new Uint32Array(0);
  #rowCount = 0;
  #bytes = new Uint8Array(0);
  #words;
  #numbers;
  #followers = new Uint32Array(MAX_FOLLOWERS * FOLLOWER_WORDS);
  #followerWords = 0;

  constructor() {
    this.#addRow();
  }

  /** Somebody wants the conversation that has this slot. */
  open(slot) {
    this.#makeRoom(slot);
    this.forbid(slot);
    this.#bytes[this.#rows[slot] * ROW_BYTES + FLAGS] &= IS_SHOWN;
  }

  /** Its messages are shown from now on, or no longer. */
  show(slot, isShown) {
    const row = isShown ? this.#makeRow(slot) : (this.#rows[slot] ?? NOBODYS);
    if (isShown) this.#bytes[row * ROW_BYTES + FLAGS] |= IS_SHOWN;
    else this.#bytes[row * ROW_BYTES + FLAGS] &= ~IS_SHOWN;
  }

  /** Where all that is known of a conversation stands. */
  rowOf(slot) {
    return this.#rows[slot];
  }

  /** Whether the messages that have this row are shown. */
  isShown(row) {
    return (this.#bytes[row * ROW_BYTES + FLAGS] & IS_SHOWN) !== 0;
  }

  /** The message with this id has passed, and what follows it may pass in this era: by number, or with later ids. */
  allow(slot, era, isNumbered, offset, id) {
    if (!mayKeep(id, 0)) return this.forbid(slot);
    const row = this.#makeRow(slot);
    const flags = row * ROW_BYTES + FLAGS;
    this.#words[row * ROW_WORDS + ERA] = era;
    if (isNumbered) this.#bytes[flags] |= IS_NUMBERED;
    else this.#bytes[flags] &= ~IS_NUMBERED;
    this.#number(row, offset);
    this.#replace(row, id);
  }

  /** Nothing may follow. */
  forbid(slot) {
    this.#words[this.#rows[slot] * ROW_WORDS + ERA] = NEVER;
  }

  /** Whether a message follows the last one by leave of this era; then it is the last one, and the engine is to be told. */
  follow(slot, row, era, offset, id) {
    const words = row * ROW_WORDS;
    const bytes = row * ROW_BYTES;
    if (this.#words[words + ERA] !== era || this.#numbers[row * ROW_NUMBERS] !== offset)
      return false;
    const isAsLong = id.length === this.#bytes[bytes + LETTERS];
    const same = isAsLong ? this.#sameLetters(bytes + ID_AT, id) : 0;
    const isAfter =
      (this.#bytes[bytes + FLAGS] & IS_NUMBERED) !== 0 ||
      (isAsLong
        ? same < id.length && id.charCodeAt(same) > this.#bytes[bytes + ID_AT + same]
        : id.length > this.#bytes[bytes + LETTERS]);
    if (!isAfter || !mayKeep(id, same)) return false;
    this.#number(row, offset);
    if (isAsLong) this.#change(row, id, same);
    else this.#replace(row, id);
    this.#note(slot, row, HAS_FOLLOWERS | OWES);
    const at = this.#followerWords;
    this.#followers[at] = slot;
    this.#followers[at + 1] = this.#words[words + FIRST_HASH];
    this.#followers[at + 2] = this.#words[words + SECOND_HASH];
    this.#followerWords = at + FOLLOWER_WORDS;
    return true;
  }

  /** Whether messages have followed that the engine has not been given the last one's id of. */
  hasFollowers(slot) {
    return (this.#bytes[this.#rows[slot] * ROW_BYTES + FLAGS] & HAS_FOLLOWERS) !== 0;
  }

  /** Whether the engine must be told of those that followed before any other may. */
  get isFull() {
    return this.#followerWords === this.#followers.length;
  }

  /** Those that followed since this was asked: of each its slot and its id's hashes. They hold until the next one. */
  takeFollowers() {
    const followers = this.#followers.subarray(0, this.#followerWords);
    this.#followerWords = 0;
    return followers;
  }

  /** The engine is to be told of this conversation. */
  owe(slot) {
    this.#note(slot, this.#rows[slot], OWES);
  }

  /** The conversations of which the engine is to be told. */
  takeOwing() {
    const owing = this.#owing;
    if (owing.length > 0) this.#owing = [];
    return owing;
  }

  /** It has been told. */
  settle(slot) {
    this.#bytes[this.#rows[slot] * ROW_BYTES + FLAGS] &= ~(OWES | HAS_FOLLOWERS);
  }

  /** The id of the last message that followed. */
  lastId(slot) {
    const row = this.#rows[slot] * ROW_BYTES;
    const from = row + ID_AT;
    return String.fromCharCode(...this.#bytes.subarray(from, from + this.#bytes[row + LETTERS]));
  }

  #note(slot, row, flags) {
    const before = this.#bytes[row * ROW_BYTES + FLAGS];
    this.#bytes[row * ROW_BYTES + FLAGS] = before | flags;
    if ((before & OWES) === 0) this.#owing.push(slot);
  }

  /** How many letters an id begins with that the last one, which is as long and stands here, begins with, too. */
  #sameLetters(from, id) {
    let at = 0;
    while (at < id.length && id.charCodeAt(at) === this.#bytes[from + at]) at++;
    return at;
  }

  #number(row, offset) {
    this.#numbers[row * ROW_NUMBERS] = offset === NO_NUMBER ? NO_NUMBER : offset + 1;
  }

  /** Another id is the last. */
  #replace(row, id) {
    const from = row * ROW_BYTES + ID_AT;
    const words = row * ROW_WORDS;
    let first = 1;
    let second = 1;
    for (let at = 0; at < id.length; at++) {
      const letter = id.charCodeAt(at);
      first = (Math.imul(first, FIRST_BASE) + letter) | 0;
      second = (Math.imul(second, SECOND_BASE) + letter) | 0;
      this.#bytes[from + at] = letter;
    }
    this.#words[words + FIRST_HASH] = first;
    this.#words[words + SECOND_HASH] = second;
    this.#bytes[row * ROW_BYTES + LETTERS] = id.length;
  }

  /** The same where it is as long: only what differs counts. */
  #change(row, id, same) {
    const from = row * ROW_BYTES + ID_AT;
    const words = row * ROW_WORDS;
    let first = this.#words[words + FIRST_HASH];
    let second = this.#words[words + SECOND_HASH];
    for (let at = same; at < id.length; at++) {
      const letter = id.charCodeAt(at);
      const change = letter - this.#bytes[from + at];
      const following = id.length - 1 - at;
      first = (first + Math.imul(change, FIRST_POWERS[following])) | 0;
      second = (second + Math.imul(change, SECOND_POWERS[following])) | 0;
      this.#bytes[from + at] = letter;
    }
    this.#words[words + FIRST_HASH] = first;
    this.#words[words + SECOND_HASH] = second;
  }

  #makeRoom(slot) {
    if (slot >= this.#rows.length) this.#rows = larger(this.#rows, slot + 1);
  }

  /** The row of a slot, new if need be. */
  #makeRow(slot) {
    this.#makeRoom(slot);
    if (this.#rows[slot] === NOBODYS) this.#rows[slot] = this.#addRow();
    return this.#rows[slot];
  }

  #addRow() {
    const row = this.#rowCount++;
    const needed = this.#rowCount * ROW_BYTES;
    if (needed > this.#bytes.length) {
      this.#bytes = larger(this.#bytes, needed);
      this.#words = new Int32Array(this.#bytes.buffer);
      this.#numbers = new Float64Array(this.#bytes.buffer);
    }
    this.#words[row * ROW_WORDS + ERA] = NEVER;
    return row;
  }
}

/** The same numbers, with room for at least `length`. */
function larger(numbers, length) {
  const grown = new numbers.constructor(Math.max(length, numbers.length * 2));
  grown.set(numbers);
  return grown;
}

/** An id fits into a row if it is not too long, and what differs is ASCII. */
function mayKeep(id, same) {
  let letters = 0;
  for (let at = same; at < id.length; at++) letters |= id.charCodeAt(at);
  return letters < 128 && id.length <= MAX_LETTERS;
}

function powersOf(base) {
  const powers = new Int32Array(MAX_LETTERS);
  let power = 1;
  for (let at = 0; at < MAX_LETTERS; at++) {
    powers[at] = power;
    power = Math.imul(power, base);
  }
  return powers;
}
