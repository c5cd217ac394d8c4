// Chromium, as people run it: Playwright's own switches that keep a hidden page awake are taken out.
import { chromium } from 'playwright-core';
import { findChromium } from '../../../scripts/setup/browser.mjs';

const UNLIKE_A_PERSONS = [
  '--disable-back-forward-cache',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const QUIET = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
];

/** Opens a browser that is closed when the test `t` ends. */
export async function openBrowser(t) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: QUIET,
    chromiumSandbox: false,
    ignoreDefaultArgs: UNLIKE_A_PERSONS,
  });
  t.after(() => browser.close());
  return browser;
}

/** A tab of a person of its own, and what went wrong in it: thrown errors and failed loads. */
export async function openTab(browser, url, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? String(error)));
  page.on('response', (response) => {
    if (response.status() === 404) errors.push(`404 ${response.url()}`);
  });
  await page.goto(url);
  return { page, errors };
}
