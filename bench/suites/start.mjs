// From the start of a page to its first message.
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { until } from '../../tests/e2e/support/until.mjs';
import { OURS, OURS_INLINE, RAW } from '../clients/index.js';
import { listen } from '../servers/listen.mjs';
import { compared, interleaved } from '../support/interleaved.mjs';
import { moduleOf, pagesFor, serverFor } from '../support/pages.mjs';
import { scoped } from '../support/scope.mjs';
import { serve } from '../support/site.mjs';
import { inNewTab } from '../support/tab.mjs';
import { spread, table } from '../support/table.mjs';

const KIND = 'numbered';
const NAMES = [RAW, OURS, OURS_INLINE, 'reconnecting-websocket', 'socket.io-client'];
/** How long every request waits for its answer, as on a network. */
const LATENCIES_MS = [0, 40];
/** Only code that was met before is kept compiled. */
const VISITS_BEFORE_WARM = 3;

const CACHES = { cold: 0, warm: VISITS_BEFORE_WARM };
const COLUMNS = {
  script: 'script starts',
  open: 'script to open',
  heard: 'script to message',
  page: 'page to message',
};

export const start = {
  title: 'Start: from a page’s first byte to its first message',

  async measure({ rounds, withPeers }) {
    const names = NAMES.filter((name) => withPeers || name === RAW || name.startsWith(OURS));
    const figures = [];
    for (const latencyMs of LATENCIES_MS) {
      const samples = await scoped(async (t) => {
        const files = await pagesFor(names, KIND, { first: 'started', script: 'start' });
        const site = await serve(t, files, { latencyMs });
        const browser = await openBrowser(t);
        return interleaved(`${latencyMs} ms a request`, names, rounds, (name) =>
          scoped(async (t) => {
            const server = await listen(t, serverFor(name, KIND), { latencyMs, greets: true });
            return visit(browser, site, moduleOf(name), server);
          }),
        );
      });
      for (const cache of Object.keys(CACHES))
        figures.push({ latencyMs, cache, clients: figuresOf(samples, cache) });
    }
    return { rounds, figures };
  },

  text: ({ rounds, figures }) => `
Milliseconds, the median over ${rounds} rounds with its 95 % interval; each round is a new browser profile, met cold and, after
${VISITS_BEFORE_WARM} visits, with all in its cache. Every HTTP request and every handshake waits as long as is said. Script starts: from the
start of the navigation; open: the socket's own event; message: the first one, which the server sends when it is asked to
join. This is elapsed time, so that a busy machine shows.

${figures.map(section).join('\n\n')}
`,
};

/** What a new person's first visit takes, and that of somebody who comes often. */
async function visit(browser, site, module, server) {
  return inNewTab(browser, 'about:blank', async (tab) => {
    const visits = [];
    for (let number = 0; number <= VISITS_BEFORE_WARM; number++) {
      const query = new URLSearchParams({ module, server: server.url, number });
      await tab.goto(`${site}/?${query}`);
      await until('the page', () => tab.look(isHere, number));
      visits.push(await tab.evaluate(() => globalThis.started));
    }
    return Object.fromEntries(
      Object.entries(CACHES).map(([cache, index]) => [cache, visits[index]]),
    );
  });
}

/** Runs in the page. */
function isHere(number) {
  return (
    new URLSearchParams(location.search).get('number') === String(number) && 'started' in globalThis
  );
}

function figuresOf(samples, cache) {
  const figure = {
    script: ({ startedMs }) => startedMs,
    open: ({ startedMs, openMs }) => openMs - startedMs,
    heard: ({ startedMs, heardMs }) => heardMs - startedMs,
    page: ({ heardMs }) => heardMs,
  };
  return Object.fromEntries(
    Object.keys(COLUMNS).map((name) => [
      name,
      compared(samples, RAW, (visits) => figure[name](visits[cache])),
    ]),
  );
}

function section({ latencyMs, cache, clients }) {
  const rows = Object.keys(clients.page).map((name) => [
    name,
    ...Object.keys(COLUMNS).map((column) => spread(clients[column][name])),
  ]);
  return `## ${latencyMs} ms a request, ${cache}\n\n${table(['client', ...Object.values(COLUMNS)], rows)}`;
}
