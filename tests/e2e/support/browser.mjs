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

/** Opens a browser that is closed when the test `t` ends; `args` are switches of its own. */
export async function openBrowser(t, { args = [] } = {}) {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [...QUIET, ...args],
    chromiumSandbox: false,
    ignoreDefaultArgs: UNLIKE_A_PERSONS,
  });
  t.after(() => browser.close());
  return browser;
}

/** An empty tab of a person of its own, and what goes wrong in it: thrown errors and failed loads. */
export async function newTab(browser, options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? String(error)));
  page.on('response', (response) => {
    if (response.status() === 404) errors.push(`404 ${response.url()}`);
  });
  return { page, errors };
}

/** As `newTab`, with a page open in it. */
export async function openTab(browser, url, options) {
  const tab = await newTab(browser, options);
  await tab.page.goto(url);
  return tab;
}
