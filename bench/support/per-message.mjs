// What a message costs in the client itself.
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { RAW } from '../clients/index.js';
import { compared, interleaved } from './interleaved.mjs';
import { moduleOf, pagesFor } from './pages.mjs';
import { scoped } from './scope.mjs';
import { serve } from './site.mjs';
import { median } from './statistics.mjs';
import { inNewTab, mainThreadMs } from './tab.mjs';
import { comparison, number } from './table.mjs';

const MESSAGES = 20_000;
const TRIALS = 3;
// Code is compiled when it is due, not when a busy machine has a core for it.
const FLAGS = '--expose-gc --no-concurrent-recompilation';

/** How it is measured, in words. */
export const method = (rounds) => `
Nanoseconds of the main thread's processor time from the socket's event to the end of the application's handler,
JSON.parse included. The socket is not a real one: this is what is done on top of the browser's own work. Each figure is
the median over ${rounds} rounds, in each of them a fresh page that takes ${TRIALS} × ${number(MESSAGES)} messages after a warm-up.
What talkwire puts off until its engine is next entered, by a heartbeat or another frame, is not in it: the last id of each
conversation in which messages passed.
In brackets the interval that holds the median with 95 % confidence; ratios are taken within a round.`;

/** Nanoseconds by client, in one setting. */
export function perMessage({ kind, names, base = RAW, conversations, wanted }, rounds) {
  return scoped(async (t) => {
    const files = await pagesFor(names, kind, { first: 'fake-socket', script: 'synthetic' });
    const site = await serve(t, files);
    const browser = await openBrowser(t, { args: [`--js-flags=${FLAGS}`] });
    const title = heading({ kind, conversations, wanted });
    const samples = await interleaved(title, names, rounds, (name) =>
      inNewTab(browser, site, (tab) => nsOfOne(tab, moduleOf(name), { conversations, wanted })),
    );
    return { kind, base, conversations, wanted, rounds, ns: compared(samples, base) };
  });
}

/** One setting as a section of a page. */
export const section = ({ ns, base, ...setting }) =>
  `## ${heading(setting)}\n\n${comparison('ns', ns, base === RAW ? 'raw' : base)}`;

async function nsOfOne(tab, module, setting) {
  await tab.evaluate(prepare, module, setting);
  const msOf = async (count) => {
    await tab.evaluate((count) => globalThis.fill(count), count);
    return mainThreadMs(tab, () => tab.evaluate(() => globalThis.tell()));
  };
  const trials = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    // Asking alone takes its time, too.
    const askingMs = await msOf(0);
    trials.push(((await msOf(MESSAGES)) - askingMs) * (1e6 / MESSAGES));
  }
  return median(trials);
}

/** Runs in the page. */
async function prepare(module, setting) {
  await import(module);
  await globalThis.prepare(setting);
}

const SERVERS = { plain: 'ids only', numbered: 'offsets', 'socket.io': 'Socket.IO, ids only' };

function heading({ kind, conversations, wanted }) {
  const server = SERVERS[kind];
  const share = wanted < conversations ? `, ${(100 * wanted) / conversations} % wanted` : '';
  return `${server}, ${number(conversations)} conversation${conversations > 1 ? 's' : ''}${share}`;
}
