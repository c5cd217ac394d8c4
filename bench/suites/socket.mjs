// The main thread's work for a message over a real socket, the browser's own included.

import { buildReleasedGateway, releasedGatewayProgram } from '../../scripts/cargo.mjs';
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { startGateway } from '../../tests/e2e/support/gateway.mjs';
import { until } from '../../tests/e2e/support/until.mjs';
import { OURS, OURS_ON_SOCKET_IO, RAW, RAW_BATCHES, SOCKET_IO } from '../clients/index.js';
import { listen } from '../servers/listen.mjs';
import { startFeeder } from '../support/feeder.mjs';
import { compared, interleaved } from '../support/interleaved.mjs';
import { moduleOf, pagesFor } from '../support/pages.mjs';
import { scoped } from '../support/scope.mjs';
import { serve } from '../support/site.mjs';
import { median, summary } from '../support/statistics.mjs';
import { clockAheadMs, inNewTab, mainThreadMs } from '../support/tab.mjs';
import { number, spread, table } from '../support/table.mjs';

const FLOOD = 200_000;
/** How many messages there are at so many a second. */
const RATES = { 100: 300, 1000: 3_000, 10000: 6_000 };
const NAMES = [RAW, RAW_BATCHES, OURS];
/** From a server that writes as fast as it is read: who hears what. */
const FLOODS = {
  [RAW]: { name: RAW, kind: 'numbered', inBatches: false },
  'talkwire, a message a frame': { name: OURS, kind: 'numbered', inBatches: false },
  [RAW_BATCHES]: { name: RAW_BATCHES, kind: 'batching', inBatches: true },
  'talkwire, in batches': { name: OURS, kind: 'batching', inBatches: true },
  [SOCKET_IO]: { name: SOCKET_IO, kind: 'socket.io', inBatches: false },
  [OURS_ON_SOCKET_IO]: { name: OURS_ON_SOCKET_IO, kind: 'socket.io', inBatches: false },
};

export const socket = {
  title: 'A real socket: the main thread’s work for a message',

  async measure({ rounds }) {
    await buildReleasedGateway();
    return scoped(async (t) => {
      const site = await serve(
        t,
        await pagesFor([...NAMES, SOCKET_IO, OURS_ON_SOCKET_IO], '', {
          first: 'frames',
          script: 'socket',
        }),
      );
      const browser = await openBrowser(t);
      const inTab = (name, work) =>
        inNewTab(browser, site, async (tab) => {
          await tab.evaluate((module) => import(module).then(() => {}), moduleOf(name));
          return work(tab);
        });
      const flood = await floods(inTab, rounds);

      const env = { TOKEN_SECRET: undefined, REPLAY_LIMIT: String(2 * FLOOD), RUST_LOG: 'error' };
      const gateway = await startGateway(t, { program: releasedGatewayProgram, env });
      const feeder = await startFeeder(t, gateway);
      const catchUp = await catchingUp(inTab, rounds, gateway, feeder);
      const rates = [];
      for (const [perSecond, count] of Object.entries(RATES))
        rates.push(await atRate(inTab, rounds, gateway, feeder, Number(perSecond), count));
      return { rounds, flood, catchUp, rates };
    });
  },

  text: ({ rounds, flood, catchUp, rates }) => `
Microseconds of the main thread's processor time for one message: all that the browser does for it, and the client. The
median over ${rounds} rounds, in each of them a fresh page; in brackets the interval that holds the median with 95 % confidence;
ratios are taken within a round.

## ${number(FLOOD)} messages as fast as they are read

From a server that has them ready.

${costs(flood)}

## ${number(FLOOD)} messages to catch up with

From the reference gateway, out of its database: what a client is sent that comes back after long.

${costs(catchUp)}

${rates
  .map(
    ({ perSecond, was, figures }) => `## ${number(perSecond)} messages a second

From the reference gateway, while they are written; it stored ${number(was)} a second. Each is a message and an entry of the list of
conversations, two frames. The delay is from the writer to the handler, through the database.

${costs(figures)}`,
  )
  .join('\n\n')}
`,
};

async function floods(inTab, rounds) {
  const samples = await interleaved('a flood', Object.keys(FLOODS), rounds, (flood) =>
    scoped(async (t) => {
      const { name, kind, inBatches } = FLOODS[flood];
      const server = await listen(t, kind);
      return inTab(name, async (tab) => {
        await tab.evaluate((url) => globalThis.begin(url, 'c1'), server.url);
        await until('joined', () => server.joined === 1);
        return sampled(tab, FLOOD, () => server.flood('c1', FLOOD, { inBatches }));
      });
    }),
  );
  return figuresOf(samples);
}

async function catchingUp(inTab, rounds, gateway, feeder) {
  const id = await newConversation(gateway);
  await feeder.fill(id, FLOOD + 1);
  const path = `/api/conversations/${id}/messages?after=0&limit=1`;
  const { messages } = await (await fetch(gateway.url + path)).json();
  const samples = await interleaved('catching up', NAMES, rounds, (name) =>
    inTab(name, (tab) => sampled(tab, FLOOD, () => join(tab, gateway, id, { known: messages[0] }))),
  );
  return figuresOf(samples);
}

async function atRate(inTab, rounds, gateway, feeder, perSecond, count) {
  const id = await newConversation(gateway);
  const were = [];
  const samples = await interleaved(`${perSecond} a second`, NAMES, rounds, (name) =>
    inTab(name, async (tab) => {
      const aheadMs = await clockAheadMs(tab);
      await join(tab, gateway, id, { timed: true });
      await until('joined', async () => (await gateway.held()).subscriptions === 1);
      const sample = await sampled(tab, count, async () => {
        were.push(await feeder.feed(id, perSecond, count));
      });
      return { ...sample, delayMs: sample.delayMs - aheadMs };
    }),
  );
  return { perSecond, was: median(were), figures: figuresOf(samples) };
}

async function newConversation(gateway) {
  const body = JSON.stringify({ title: 'A benchmark' });
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${gateway.url}/api/conversations`, {
    method: 'POST',
    headers,
    body,
  });
  return (await response.json()).id;
}

const join = (tab, gateway, id, how) =>
  tab.evaluate(
    (url, id, how) => globalThis.begin(url, id, how),
    `ws://${gateway.host}/ws`,
    id,
    how,
  );

/** The time and the frames of a message, of so many that `send` lets come. */
async function sampled(tab, count, send) {
  const hearing = (count) => tab.evaluate((count) => globalThis.hearing(count), count);
  const before = await hearing(0);
  let after;
  const ms = await mainThreadMs(tab, async () => {
    [after] = await Promise.all([hearing(before.heard + count), send()]);
  });
  return {
    us: (1_000 * ms) / count,
    frames: (after.frames - before.frames) / count,
    delayMs: after.delaysMs.length > 0 ? median(after.delaysMs.slice(before.heard)) : null,
  };
}

function figuresOf(samples) {
  const figures = compared(samples, RAW, ({ us }) => us);
  for (const [name, all] of Object.entries(samples)) {
    figures[name].frames = median(all.map(({ frames }) => frames));
    if (all[0].delayMs !== null) figures[name].delayMs = summary(all.map(({ delayMs }) => delayMs));
  }
  return figures;
}

function costs(figures) {
  const isTimed = Object.values(figures).some(({ delayMs }) => delayMs);
  const rows = Object.entries(figures).map(([name, { frames, delayMs, ratio, ...us }]) => [
    name,
    spread(us),
    spread(ratio),
    number(1 / frames),
    ...(isTimed ? [spread(delayMs)] : []),
  ]);
  const delay = isTimed ? ['delay, ms'] : [];
  return table(['client', 'µs', '× raw', 'messages a frame', ...delay], rows);
}
