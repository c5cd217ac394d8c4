// A tab in which nothing is watched: Playwright's own tabs report every frame of every socket, which costs more than
// what is measured here.
import { setTimeout as pause } from 'node:timers/promises';
import { openBare } from '../../tests/e2e/support/bare.mjs';

const TIMEOUT_MS = 180_000;
const CLOCK_TRIES = 20;

/** Opens one that shares nothing with those before it, does something in it, and closes it. */
export async function inNewTab(browser, url, work) {
  const cdp = await browser.newBrowserCDPSession();
  const { browserContextId } = await cdp.send('Target.createBrowserContext');
  // A tab that has crashed never answers.
  const end = new AbortController();
  const silence = pause(TIMEOUT_MS, null, { signal: end.signal }).then(() => {
    throw new Error(`A tab did not answer within ${TIMEOUT_MS / 1000} s.`);
  });
  try {
    const working = openBare(browser, url, '', { browserContextId }).then(work);
    return await Promise.race([working, silence]);
  } finally {
    end.abort();
    await silence.catch(() => {});
    await cdp.send('Target.disposeBrowserContext', { browserContextId });
    await cdp.detach();
  }
}

/** The processor time of the page's main thread, in milliseconds, while `work` is done: in all, and in scripts. */
export async function mainThread(tab, work) {
  const before = await metrics(tab);
  await work();
  const after = await metrics(tab);
  const used = (name) => 1_000 * (after[name] - before[name]);
  return { threadMs: used('ThreadTime'), scriptMs: used('ScriptDuration') };
}

/** The same, of all. */
export const mainThreadMs = async (tab, work) => (await mainThread(tab, work)).threadMs;

/** How many milliseconds the page's clock is ahead of ours. */
export async function clockAheadMs(tab) {
  const ours = () => performance.timeOrigin + performance.now();
  const tries = [];
  for (let count = 0; count < CLOCK_TRIES; count++) {
    const asked = ours();
    const theirs = await tab.evaluate(() => performance.timeOrigin + performance.now());
    const answered = ours();
    tries.push({ took: answered - asked, ahead: theirs - (asked + answered) / 2 });
  }
  return tries.sort((one, other) => one.took - other.took)[0].ahead;
}

async function metrics(tab) {
  await tab.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await tab.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
