// The client's own work for one message: events told to it in the page by a socket that is not one.
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { clients, RAW } from '../clients/index.js';
import { bundle } from '../support/bundle.mjs';
import { compared, interleaved } from '../support/interleaved.mjs';
import { scoped } from '../support/scope.mjs';
import { serve } from '../support/site.mjs';
import { median } from '../support/statistics.mjs';
import { inNewTab, mainThreadMs } from '../support/tab.mjs';
import { interval, number, table } from '../support/table.mjs';

const MESSAGES = 20_000;
const TRIALS = 3;
// Code is compiled when it is due, not when a busy machine has a core for it.
const FLAGS = '--expose-gc --no-concurrent-recompilation';

const ALL = Object.keys(clients);
const OURS = ALL.filter((name) => name === RAW || name.startsWith('talkwire'));

const SETTINGS = [
  { kind: 'numbered', names: OURS, conversations: 1, wanted: 1 },
  { kind: 'numbered', names: OURS, conversations: 100, wanted: 100 },
  { kind: 'numbered', names: OURS, conversations: 10_000, wanted: 10_000 },
  { kind: 'numbered', names: OURS, conversations: 10_000, wanted: 100 },
  { kind: 'plain', names: ALL, conversations: 1, wanted: 1 },
  { kind: 'plain', names: ALL, conversations: 100, wanted: 100 },
  { kind: 'plain', names: ALL, conversations: 10_000, wanted: 10_000 },
  { kind: 'plain', names: ALL, conversations: 10_000, wanted: 100 },
];

export const synthetic = {
  title: 'Synthetic: the client’s own work for a message',

  async measure({ rounds }) {
    const figures = [];
    for (const setting of SETTINGS) figures.push(await scoped((t) => inOne(t, setting, rounds)));
    return figures;
  },

  text: (figures) => `
Nanoseconds of the main thread's processor time from the socket's event to the end of the application's handler,
JSON.parse included. The socket is not a real one: this is what is done on top of the browser's own work. Each figure is
the median over ${figures[0].rounds} rounds, in each of them a fresh page that takes ${TRIALS} × ${number(MESSAGES)} messages after a warm-up.
In brackets the interval that holds the median with 95 % confidence; ratios are taken within a round.

${figures.map(section).join('\n\n')}
`,
};

async function inOne(t, { kind, names, conversations, wanted }, rounds) {
  const pages = await Promise.all(names.map((name) => page(name, kind)));
  const site = await serve(t, pages.flat());
  const browser = await openBrowser(t, { args: [`--js-flags=${FLAGS}`] });
  const title = heading({ kind, conversations, wanted });
  const samples = await interleaved(title, names, rounds, (name) =>
    inNewTab(browser, site, async (tab) => {
      await tab.evaluate(prepare, `/app/${slug(name)}.js`, { conversations, wanted });
      const trials = [];
      for (let trial = 0; trial < TRIALS; trial++) trials.push(await nsOfOne(tab));
      return median(trials);
    }),
  );
  return { kind, conversations, wanted, rounds, ns: compared(samples, RAW) };
}

async function nsOfOne(tab) {
  const msOf = async (count) => {
    await tab.evaluate((count) => globalThis.fill(count), count);
    return mainThreadMs(tab, () => tab.evaluate(() => globalThis.tell()));
  };
  // Asking alone takes its time, too.
  const askingMs = await msOf(0);
  return ((await msOf(MESSAGES)) - askingMs) * (1e6 / MESSAGES);
}

/** The modules of one client's page. */
async function page(name, kind) {
  const { module, server = kind } = clients[name];
  const { outputFiles } = await bundle(
    slug(name),
    `import './page/fake-socket.js';
     import * as client from './clients/${module}';
     import { synthetic } from './page/synthetic.js';
     import { servers } from './servers/index.js';
     synthetic(client, servers['${server}']());`,
  );
  return outputFiles;
}

/** Runs in the page. */
async function prepare(module, setting) {
  await import(module);
  await globalThis.prepare(setting);
}

function section({ ns, ...setting }) {
  const rows = Object.entries(ns).map(([name, one]) => [
    name,
    number(one.median),
    interval(one),
    one.ratio.median.toFixed(2),
    interval(one.ratio),
  ]);
  const columns = ['client', 'ns', '95 %', '× raw', '95 %'];
  return `## ${heading(setting)}\n\n${table(columns, rows)}`;
}

function heading({ kind, conversations, wanted }) {
  const server = kind === 'plain' ? 'ids only' : 'offsets';
  const share = wanted < conversations ? `, ${(100 * wanted) / conversations} % wanted` : '';
  return `${server}, ${number(conversations)} conversation${conversations > 1 ? 's' : ''}${share}`;
}

const slug = (name) => name.replaceAll(/\W+/g, '-').toLowerCase();
