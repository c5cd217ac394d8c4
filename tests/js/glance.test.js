// What a glance at a text tells is what parsing it would tell.
import { expect, test } from 'vitest';
import { Glance, UNKNOWN, UNWANTED } from '../../src/js/glance.js';

const SLOTS = new Map([
  ['conv_1', 0],
  ['conv_2', 1],
  ['other_1', 2],
  ['', 3],
]);
const DATA = { id: 'm1', content: 'What {"is": "said"},"offset":3}', n: [1, { deep: '}' }] };

const json = (conversationId, data, more) =>
  JSON.stringify({ type: 'message', conversationId, data, ...more });
const nest = (conversationId, data) =>
  JSON.stringify({ event: 'message:new', data: { conversationId, ...data } });
const packet = (conversationId, data) =>
  `42${JSON.stringify(['message:new', { conversationId, ...data }])}`;
const numbered = (offset, epoch) => (conversationId, data) =>
  json(conversationId, data, { offset, epoch });

/** Every kind of server: its dialect, and how it writes a message. */
const SERVERS = {
  'json, ids only': ['json', json],
  'json, with numbers': ['json', numbered(38, 'e1')],
  'json, with numbers and no epochs': ['json', numbered(0)],
  'json, with a name of its own': [
    'json',
    (conversationId, data) => JSON.stringify({ type: 'chat', conversationId, data }),
  ],
  nest: ['nest', nest],
  'socket.io': ['socket.io', packet],
};

/** What is told of a text where a glance is enough; else undefined. */
function glanced(glance, text) {
  const slot = glance.slotOf(text, SLOTS);
  if (slot === UNKNOWN || slot === UNWANTED) return undefined;
  const data = glance.dataOf(text);
  const [conversationId] = [...SLOTS].find(([, other]) => other === slot);
  return data && glance.eventOf(conversationId, data);
}

/** The same by parsing it. */
function parsed(protocol, text) {
  if (protocol === 'socket.io') {
    const [event, data, ...others] = JSON.parse(text.slice(2));
    if (others.length > 0 || !text.startsWith('42')) throw new TypeError('no plain event');
    return { event, data, type: 'message', conversationId: data.conversationId, via: 'socket' };
  }
  const frame = JSON.parse(text);
  const name = frame.type ?? frame.event;
  const conversationId = frame.conversationId ?? frame.data.conversationId;
  const event = name === 'message' ? {} : { event: name };
  return { ...frame, ...event, type: 'message', conversationId, via: 'socket' };
}

function conversationOf(protocol, text) {
  try {
    return parsed(protocol, text).conversationId;
  } catch {
    return undefined;
  }
}

function taught(protocol, text) {
  const glance = new Glance(protocol);
  expect(glance.slotOf(text, SLOTS)).toBe(UNKNOWN);
  glance.learn(text);
  return glance;
}

for (const [server, [protocol, write]] of Object.entries(SERVERS)) {
  test(`${server}: once a message was seen, the next is told as if it had been parsed`, () => {
    const glance = taught(protocol, write('elsewhere', { id: 'm0' }));
    for (const id of ['conv_1', 'conv_1', 'conv_2', 'other_1', 'conv_1', '', 'other_1']) {
      const text = write(id, DATA);
      expect(glanced(glance, text)).toStrictEqual(parsed(protocol, text));
    }
  });

  test(`${server}: whatever is changed in a text, a glance tells what parsing tells, or nothing`, () => {
    let seed = 1;
    const upTo = (count) => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * count);
    };
    const letters = [...'"\\{}[],:07-e ', '', '"x":1,'];
    let told = 0;
    for (let round = 0; round < 20_000; round++) {
      const glance = taught(protocol, write('conv_1', { id: 'm0' }));
      const text = write(['conv_1', 'conv_2'][upTo(2)], DATA);
      if (upTo(2)) glance.slotOf(write('conv_1', DATA), SLOTS);
      const at = upTo(text.length);
      const changed = text.slice(0, at) + letters[upTo(letters.length)] + text.slice(at + upTo(3));
      if (glance.slotOf(changed, SLOTS) === UNWANTED)
        expect(SLOTS.has(conversationOf(protocol, changed)), changed).toBe(false);
      const event = glanced(glance, changed);
      if (event === undefined) continue;
      told += 1;
      expect(event, changed).toStrictEqual(parsed(protocol, changed));
    }
    expect(told).toBeGreaterThan(1_000);
  });
}

test('a text is parsed where a glance cannot tell what it says', () => {
  const glance = taught('json', json('x', DATA));
  const texts = [
    json('conv_1', DATA, { offset: 1 }),
    json('conv_1', DATA, { replay: true }),
    json('conv_1', 'a text that ends so }'),
    json('conv_1', [{}]),
    json('conv_1', null),
    JSON.stringify({ type: 'message', conversationId: 'conv_1', note: 1, data: DATA }),
    JSON.stringify({ type: 'typing', conversationId: 'conv_1', data: DATA }),
    JSON.stringify({ type: 'batch', frames: [{ type: 'message' }] }),
    '{"type":"message","conversationId":"conv\\u005f1","data":{}}',
    '{"type":"message","conversationId":"conv_1',
    '',
  ];
  for (const text of texts) expect(glanced(glance, text), text).toBe(undefined);
  expect(glanced(glance, json('conv_1', DATA))).toBeDefined();
});

test('a number is read only where JSON would read the same', () => {
  const glance = taught('json', numbered(1, 'e1')('x', DATA));
  const text = (offset, epoch = '"e1"') =>
    `{"type":"message","conversationId":"conv_1","data":{"id":"m"},"offset":${offset},"epoch":${epoch}}`;
  for (const offset of ['0', '7', '10', '907', '123456789012345'])
    expect(glanced(glance, text(offset))).toMatchObject({ offset: Number(offset), epoch: 'e1' });
  for (const offset of ['', '07', '-1', '1.5', '1e3', '"1"', 'null', '1234567890123456'])
    expect(glanced(glance, text(offset)), offset).toBe(undefined);
  expect(glanced(glance, text('8', '"e2"'))).toBe(undefined);
  glance.learn(text('8', '"e2"'));
  expect(glanced(glance, text('9', '"e2"'))).toMatchObject({ offset: 9, epoch: 'e2' });
  glance.learn(json('conv_1', DATA));
  expect(glanced(glance, json('conv_1', DATA))).toStrictEqual(parsed('json', json('conv_1', DATA)));
});

test('what nobody wants is known by its beginning and its last letter', () => {
  const glance = taught('json', json('x', DATA));
  expect(glance.slotOf(json('conv_9', DATA), SLOTS)).toBe(UNWANTED);
  expect(glance.slotOf(json('conv_9', DATA).slice(0, -1), SLOTS)).toBe(UNWANTED);
  expect(glance.slotOf(json('conv_9', { content: 'cut' }).slice(0, -3), SLOTS)).toBe(UNKNOWN);
  expect(glance.slotOf(json('conv"9', DATA), SLOTS)).toBe(UNKNOWN);
});

test('what messages of a conversation begin with is forgotten with its slot', () => {
  const glance = taught('json', json('x', DATA));
  const slots = new Map([['conv_1', 5]]);
  expect(glance.slotOf(json('conv_1', DATA), slots)).toBe(5);
  slots.set('conv_1', 6);
  glance.forget();
  expect(glance.slotOf(json('conv_1', DATA), slots)).toBe(6);
});

test('a server that misleads is parsed from then on, and one whose messages differ after some lessons', () => {
  const glance = taught('json', json('x', DATA));
  const misleading = json('conv_1', DATA, { more: {} });
  expect(glanced(glance, misleading)).toBe(undefined);
  glance.learn(json('conv_1', DATA));
  expect(glanced(glance, json('conv_1', DATA))).toBe(undefined);

  const other = taught('json', json('x', DATA));
  for (let lesson = 0; lesson < 10; lesson++) other.learn('{"data":{},"type":"message"}');
  other.learn(json('conv_1', DATA));
  expect(glanced(other, json('conv_1', DATA))).toBe(undefined);
});
