// Ten thousand messages at once into a thread that React shows.
import { openBrowser } from '../../tests/e2e/support/browser.mjs';
import { until } from '../../tests/e2e/support/until.mjs';
import { listen } from '../servers/listen.mjs';
import { bundle } from '../support/bundle.mjs';
import { compared, interleaved } from '../support/interleaved.mjs';
import { scoped } from '../support/scope.mjs';
import { serve } from '../support/site.mjs';
import { summary } from '../support/statistics.mjs';
import { inNewTab, mainThread } from '../support/tab.mjs';
import { number, spread, table } from '../support/table.mjs';

const MESSAGES = 10_000;

const THREADS = {
  'WebSocket in an effect': { module: 'raw', kind: 'numbered', inBatches: false },
  'talkwire, useWebSocket': { module: 'talkwire', kind: 'numbered', inBatches: false },
  'talkwire, useWebSocket, in batches': { module: 'talkwire', kind: 'batching', inBatches: true },
  'talkwire, useConversation': { module: 'conversation', kind: 'numbered', inBatches: false },
  'react-use-websocket, lastMessage': { module: 'last-message', kind: 'plain', inBatches: false },
  'react-use-websocket, onMessage': { module: 'on-message', kind: 'plain', inBatches: false },
};

/** What the others' times are compared with. */
const BASE = 'WebSocket in an effect';

const COLUMNS = {
  renders: 'renders',
  lampRenders: "lamp's",
  lost: 'lost',
  scriptMs: 'script, ms',
  threadMs: 'main thread, ms',
  longestTaskMs: 'longest task, ms',
};

export const burst = {
  title: 'A burst of 10 000 messages into a React thread',

  async measure({ rounds, withPeers }) {
    const names = Object.keys(THREADS).filter((name) => withPeers || !name.startsWith('react-'));
    return scoped(async (t) => {
      const modules = [...new Set(names.map((name) => THREADS[name].module))];
      const site = await serve(t, (await Promise.all(modules.map(page))).flat());
      const browser = await openBrowser(t);
      const samples = await interleaved('a burst', names, rounds, (name) =>
        scoped(async (t) => {
          const { module, kind, inBatches } = THREADS[name];
          const server = await listen(t, kind);
          return inNewTab(browser, site, async (tab) => {
            await tab.evaluate(open, `/app/${module}.js`, server.url);
            await until('joined', () => server.joined === 1);
            return burstInto(tab, server, inBatches);
          });
        }),
      );
      const ratios = compared(samples, BASE, ({ scriptMs }) => scriptMs);
      const threads = names.map((name) => {
        return { name, ...summarised(samples[name]), ratio: ratios[name].ratio };
      });
      return { rounds, threads };
    });
  },

  text: ({ rounds, threads }) => `
A component keeps every message and shows the last 50, beside a lamp: a component that uses the same connection, and of it
only whether it is open. A server has ${number(MESSAGES)} messages ready. Medians over ${rounds} rounds, in each of them a
fresh page, with their 95 % intervals. Renders since the burst began. Script and main thread in processor time; browsers tell
of tasks from 50 ms only: 0 is less than that. Lost: what is not kept in the end.

${table(['thread', ...Object.values(COLUMNS), `script, × ${BASE}`], threads.map(row))}
`,
};

async function burstInto(tab, server, inBatches) {
  let seen;
  const used = await mainThread(tab, async () => {
    await tab.evaluate(() => globalThis.burst());
    const id = await server.flood('c1', MESSAGES, { inBatches });
    seen = await tab.evaluate((id) => globalThis.keeping(id), id);
  });
  const { kept, ...figures } = seen;
  return { ...figures, lost: MESSAGES - kept, ...used };
}

/** The files of a page with one kind of thread. */
async function page(module) {
  const { outputFiles } = await bundle(
    module,
    `import { burst } from './page/burst.jsx';
     import * as thread from './page/thread/${module}.jsx';
     burst(thread);`,
  );
  return outputFiles;
}

/** Runs in the page. */
async function open(module, url) {
  await import(module);
  globalThis.begin(url);
}

/** The median of each figure. */
function summarised(samples) {
  const figure = (name) => summary(samples.map((sample) => sample[name] ?? Number.NaN));
  return Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, figure(name)]));
}

const row = ({ name, ratio, ...figures }) => [
  name,
  ...Object.keys(COLUMNS).map((column) => spread(figures[column])),
  spread(ratio),
];
