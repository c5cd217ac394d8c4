// What a thread shows, row by row: messages in groups, days between them, the line above what is new.

import { dayLabel, startOfDay } from './time.js';

const MINUTE = 60_000;
// A day has at least 23 hours where clocks are changed.
const SHORTEST_DAY = 23 * 60 * MINUTE;

export function isMine(message, me) {
  return message.senderId === undefined ? message.state !== 'received' : message.senderId === me.id;
}

/** An own message keeps its clientId from the first keystroke to the echo; its id changes on the way. */
export function keyOf(message, me) {
  return (isMine(message, me) && message.clientId) || message.id;
}

/** When it was written; a message still on its way has no time yet. */
export function timeOf(message) {
  const at = new Date(message?.createdAt ?? Number.NaN).getTime();
  return Number.isNaN(at) ? undefined : at;
}

export function timelineOf(messages, { me, unreadFrom, now = Date.now() }) {
  const items = [];
  let day = Number.NaN;
  let previous = null;

  for (const message of messages) {
    const at = timeOf(message) ?? now;
    const key = keyOf(message, me);

    if (!(at >= day && at < day + SHORTEST_DAY) && startOfDay(at) !== day) {
      day = startOfDay(at);
      items.push({ kind: 'day', key: `day ${day}`, text: dayLabel(day, now) });
      previous = null;
    }
    if (key === unreadFrom) {
      items.push({ kind: 'unread', key: 'unread', text: 'New' });
      previous = null;
    }

    const mine = isMine(message, me);
    const sender = mine ? me.id : message.senderId;
    const minute = Math.floor(at / MINUTE);
    const first = !previous || previous.sender !== sender || previous.minute !== minute;
    if (previous && !first) previous.last = false;
    previous = { kind: 'message', key, message, mine, sender, at, minute, first, last: true };
    items.push(previous);
  }
  return items;
}

export function sameItem(a, b) {
  return (
    a.message === b.message &&
    a.first === b.first &&
    a.last === b.last &&
    a.at === b.at &&
    a.text === b.text
  );
}

/** The key of the first of the last `count` messages of other people. */
export function firstUnread(messages, count, me) {
  let left = count;
  for (let i = messages.length - 1; i >= 0 && left > 0; i -= 1) {
    if (isMine(messages[i], me)) continue;
    left -= 1;
    if (left === 0) return keyOf(messages[i], me);
  }
  return null;
}
