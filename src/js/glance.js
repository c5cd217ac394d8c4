// What a text is, by its first and its last letters: where the messages of a server look alike, only their data need be
// parsed, and of those that nobody wants nothing.

/** Up to the conversation's id, and what of that is before the data; the server's name for messages. */
const BEGINNINGS = {
  json: /^(?<head>\{"type":"(?<name>[^"\\]*)","conversationId":")[^"\\]*","data":\{/,
  nest: /^(?<head>(?<outer>\{"event":"(?<name>[^"\\]*)","data":)\{"conversationId":")[^"\\]*"/,
  'socket.io': /^(?<head>(?<outer>42\["(?<name>[^"\\]*)",)\{"conversationId":")[^"\\]*"/,
};
/** From the id to the data, where that follows. */
const TO_DATA = '","data":';
const NUMBER = '},"offset":';
/** The end of a message that has a number after its data: what follows the number. */
const NUMBERED_END = /\},"offset":\d+(?<end>(?:,"epoch":"(?<epoch>[^"\\]*)")?\})$/;
const MAX_DIGITS = 15;
const ZERO = 48;
const NINE = 57;
const BRACE = 125;
/** A server whose messages differ that often differs always. */
const MAX_LESSONS = 8;

/** So many conversations can be known by what their messages begin with. */
export const MAX_KNOWN = 256;

/** Instead of a slot: this may be anything; this is a message that nobody wants. */
export const UNKNOWN = -1;
export const UNWANTED = -2;

/** Knows the messages that come over one socket once it has seen one. */
export class Glance {
  #beginning;
  #lessons = 0;
  #head = '';
  #outer;
  #last;
  /** What follows the number. */
  #end;
  #isNumbered;
  /** What messages of a conversation begin with, and its slot: as a rule they are told apart by the last two letters. */
  #known = [];
  #slots = [];
  #dataAt = 0;
  #name;
  /** Of the message whose data were asked for last; undefined if there is none. */
  offset;
  epoch;

  constructor(protocol) {
    this.#beginning = BEGINNINGS[protocol];
  }

  /** This text is a message, and a glance did not tell. */
  learn(text) {
    if (this.#lessons === MAX_LESSONS) return;
    this.#lessons += 1;
    this.forget();
    const { head, outer, name } = this.#beginning.exec(text)?.groups ?? { head: '' };
    const { end, epoch } = (outer ? null : NUMBERED_END.exec(text)?.groups) ?? {};
    this.#head = head;
    this.#outer = outer;
    this.#isNumbered = end !== undefined;
    this.#end = end;
    this.#last = text.charCodeAt(text.length - 1);
    this.#name = name;
    this.offset = undefined;
    this.epoch = epoch;
  }

  /** Slots may be others' from now on. */
  forget() {
    this.#known = [];
    this.#slots = [];
  }

  /** The slot of the conversation of which this text is a message; `slots` are by id, none of which has a backslash. */
  slotOf(text, slots) {
    const { length } = this.#head;
    if (length === 0) return UNKNOWN;
    const idEnd = text.indexOf('"', length);
    const place = (31 * text.charCodeAt(idEnd - 2) + text.charCodeAt(idEnd - 1)) % MAX_KNOWN;
    const known = this.#known[place];
    if (known && text.slice(0, known.length) === known) {
      this.#dataAt = this.#outer?.length ?? known.length;
      return this.#slots[place];
    }
    if (text.slice(0, length) !== this.#head) return UNKNOWN;
    const id = text.slice(length, idEnd);
    const slot = slots.get(id);
    if (slot === undefined) return this.#isWhole(text, id) ? UNWANTED : UNKNOWN;
    const between = this.#outer ? '"' : TO_DATA;
    const at = idEnd + between.length;
    if (text.slice(idEnd, at) !== between) return UNKNOWN;
    this.#dataAt = this.#outer?.length ?? at;
    // A slice would keep the whole text alive.
    this.#known[place] = this.#head + id + between;
    this.#slots[place] = slot;
    return slot;
  }

  /** The data of the message that has just got a slot; undefined if the whole text must be parsed. */
  dataOf(text) {
    const dataEnd = this.#isNumbered ? this.#readNumber(text) : this.#endOfData(text);
    if (dataEnd === undefined) return undefined;
    try {
      return JSON.parse(text.slice(this.#dataAt, dataEnd));
    } catch {
      // Looking twice costs more than is gained where this happens again.
      this.#lessons = MAX_LESSONS;
      this.#head = '';
      this.forget();
      return undefined;
    }
  }

  /** The same message as it is told: what `JSON.parse` makes of the text, what it means, and how it came. */
  eventOf(conversationId, data) {
    const { offset, epoch } = this;
    const name = this.#name;
    if (this.#outer) return { event: name, data, via: 'socket', type: 'message', conversationId };
    const event =
      epoch === undefined
        ? { type: 'message', conversationId, data, via: 'socket' }
        : { type: 'message', conversationId, data, offset, epoch, via: 'socket' };
    if (this.#isNumbered && epoch === undefined) event.offset = offset;
    if (name !== 'message') event.event = name;
    return event;
  }

  /** Whether this id of nobody's is spelled as it is, and its message comes to an end. */
  #isWhole(text, id) {
    return !id.includes('\\') && text.charCodeAt(text.length - 1) === this.#last;
  }

  #endOfData(text) {
    const end = text.length - 1;
    const isEnd = text.charCodeAt(end) === this.#last && text.charCodeAt(end - 1) === BRACE;
    return isEnd ? end : undefined;
  }

  /** Reads the number that follows the data; gives where they end. */
  #readNumber(text) {
    const end = text.length - this.#end.length;
    if (text.slice(end) !== this.#end) return undefined;
    let offset = 0;
    let at = end;
    for (let unit = 1; end - at < MAX_DIGITS; unit *= 10) {
      const digit = text.charCodeAt(at - 1);
      if (!(digit >= ZERO && digit <= NINE)) break;
      offset += (digit - ZERO) * unit;
      at -= 1;
    }
    const isWhole = at < end && (text.charCodeAt(at) !== ZERO || end - at === 1);
    const before = at - NUMBER.length;
    if (!isWhole || text.slice(before, at) !== NUMBER) return undefined;
    this.offset = offset;
    return before + 1;
  }
}
