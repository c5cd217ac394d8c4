// Very many subscriptions in one page: what each costs, and what coming back costs after a drop.
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { until } from '../../tests/e2e/support/until.mjs';
import { OURS, OURS_WITH_SNAPSHOTS, RAW } from '../clients/index.js';
import { listen } from '../servers/listen.mjs';
import { interleaved } from '../support/interleaved.mjs';
import { moduleOf, pagesFor, serverFor } from '../support/pages.mjs';
import { method, perMessage, section } from '../support/per-message.mjs';
import { scoped } from '../support/scope.mjs';
import { serve } from '../support/site.mjs';
import { summary } from '../support/statistics.mjs';
import { inNewTab, mainThreadMs } from '../support/tab.mjs';
import { number, spread, table } from '../support/table.mjs';

const KIND = 'batching';
const SUBSCRIPTIONS = {
  [RAW]: 100_000,
  [OURS]: 100_000,
  [OURS_WITH_SNAPSHOTS]: 100_000,
  centrifuge: 10_000,
  phoenix: 10_000,
};
const FLAT = [100, 100_000];
const TIMEOUT_MS = 120_000;

const COLUMNS = {
  heapEach: 'JS bytes each',
  wasmEach: 'wasm bytes each',
  joinMs: 'join, ms',
  joinFrames: 'frames',
  rejoinMs: 'rejoin, ms',
  rejoinWallMs: 'elapsed, ms',
  rejoinFrames: 'frames',
};

export const scale = {
  title: 'Scale: 100 000 subscriptions in one page',

  async measure({ rounds, withPeers }) {
    const names = Object.keys(SUBSCRIPTIONS).filter((name) => withPeers || name.startsWith(OURS));
    const samples = await scoped(async (t) => {
      const files = await pagesFor(names, KIND, { first: 'memory', script: 'scale' });
      const site = await serve(t, files);
      const args = ['--js-flags=--expose-gc', '--enable-precise-memory-info'];
      const browser = await openBrowser(t, { args });
      return interleaved('subscriptions', names, rounds, (name) =>
        scoped(async (t) => {
          const server = await listen(t, serverFor(name, KIND));
          return inNewTab(browser, site, (tab) => joinAndComeBack(tab, server, name));
        }),
      );
    });
    const messages = [];
    for (const conversations of FLAT) {
      const setting = { kind: 'numbered', conversations, wanted: conversations };
      messages.push(await perMessage({ ...setting, names: [RAW, OURS] }, rounds));
    }
    const subscriptions = names.map((name) => ({
      name,
      count: SUBSCRIPTIONS[name],
      ...summarised(samples[name]),
    }));
    return { rounds, subscriptions, messages };
  },

  text: ({ rounds, subscriptions, messages }) => `
${rounds} rounds, in each of them a fresh page for each client; medians with their 95 % intervals. A server of each client's own
dialect stands behind a real socket; that of talkwire takes batches. Bytes are what is held after a collection beyond
what the first subscription needed, the application's own ids and handlers not counted. Join and rejoin: the main thread's
processor time until the last answer was heard; elapsed: from the new connection to the last subscribe at the server. A
raw socket does not come back by itself.

${table(['client', 'subscriptions', ...Object.values(COLUMNS)], subscriptions.map(row))}

# A message among so many

${method(rounds)}

${messages.map(section).join('\n\n')}
`,
};

async function joinAndComeBack(tab, server, name) {
  const count = SUBSCRIPTIONS[name];
  const last = `conversation:${count - 1}`;
  await tab.evaluate(open, moduleOf(name), server.url, count);
  await joined(server, 1);
  server.say('conversation:0');
  await tab.evaluate(() => globalThis.hearing('first', 1));
  const before = await tab.evaluate(() => globalThis.bytesHeld());

  const framesBefore = server.framesHeard;
  const joinMs = await mainThreadMs(tab, async () => {
    await tab.evaluate(() => globalThis.joinAll());
    await joined(server, count);
    server.say(last);
    await tab.evaluate(() => globalThis.hearing('last', 1));
  });
  const joinFrames = server.framesHeard - framesBefore;
  const after = await tab.evaluate(() => globalThis.bytesHeld());
  const each = (what) => (after[what] - before[what]) / (count - 1);
  const figures = { heapEach: each('heap'), wasmEach: each('wasm'), joinMs, joinFrames };
  return name === RAW ? figures : { ...figures, ...(await comeBack(tab, server, count, last)) };
}

async function comeBack(tab, server, count, last) {
  const framesBefore = server.framesHeard;
  let rejoinWallMs;
  const rejoinMs = await mainThreadMs(tab, async () => {
    server.drop();
    await joined(server, count);
    rejoinWallMs = server.heardAt - server.openedAt;
    server.say(last);
    await tab.evaluate(() => globalThis.hearing('last', 2));
  });
  return { rejoinMs, rejoinWallMs, rejoinFrames: server.framesHeard - framesBefore };
}

const joined = (server, count) =>
  until(`${count} joined`, () => server.joined === count, { timeoutMs: TIMEOUT_MS });

/** Runs in the page. */
async function open(module, url, count) {
  await import(module);
  await globalThis.begin(url, count);
}

/** The median of each figure. */
function summarised(samples) {
  const names = Object.keys(COLUMNS).filter((name) => name in samples[0]);
  return Object.fromEntries(
    names.map((name) => [name, summary(samples.map((sample) => sample[name]))]),
  );
}

function row({ name, count, ...figures }) {
  const cells = Object.keys(COLUMNS).map((column) => figures[column] && spread(figures[column]));
  return [name, number(count), ...cells.map((cell) => cell ?? '')];
}
