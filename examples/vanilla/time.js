// Times as people say them.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const weekdayFormat = new Intl.DateTimeFormat('en', { weekday: 'short' });
const dateFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const dayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const yearFormat = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

export const startOfDay = (at) => new Date(at).setHours(0, 0, 0, 0);
export const clock = (at) => clockFormat.format(at);

function daysAgo(at, now) {
  return Math.round((startOfDay(now) - startOfDay(at)) / (24 * HOUR));
}

export function dayLabel(at, now = Date.now()) {
  const days = daysAgo(at, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return (days < 300 ? dayFormat : yearFormat).format(at);
}

export function relative(at, now = Date.now()) {
  const age = now - at;
  if (age < MINUTE) return 'now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min`;
  const days = daysAgo(at, now);
  if (days === 0) return clock(at);
  if (days === 1) return 'Yesterday';
  return (days < 7 ? weekdayFormat : dateFormat).format(at);
}

/** Writes a moment into a `<time>`; `refreshTimes` keeps it current. */
export function setRelative(node, at) {
  node.dateTime = new Date(at).toISOString();
  node.textContent = relative(at);
}

export function refreshTimes(root) {
  for (const node of root.querySelectorAll('time[datetime]')) {
    const text = relative(Date.parse(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}
