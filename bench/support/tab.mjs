// A tab in which nothing is watched: Playwright's own tabs report every frame of every socket, which costs more than
// what is measured here.
import { setTimeout as pause } from 'node:timers/promises';
import { openBare } from '../../tests/e2e/support/bare.mjs';

const TIMEOUT_MS = 180_000;

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

/** The processor time of the page's main thread, in milliseconds, while `work` is done. */
export async function mainThreadMs(tab, work) {
  const before = await threadMs(tab);
  await work();
  return (await threadMs(tab)) - before;
}

async function threadMs(tab) {
  await tab.send('Performance.enable', { timeDomain: 'threadTicks' });
  const { metrics } = await tab.send('Performance.getMetrics');
  return 1_000 * metrics.find(({ name }) => name === 'ThreadTime').value;
}
