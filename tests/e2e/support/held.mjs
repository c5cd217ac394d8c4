// A page as it is between what its server rendered and its scripts.
import { newTab, openBrowser } from './browser.mjs';

/**
 * Opens a page whose scripts, those that match the glob, wait for `letScriptsCome()`. `errors` are also what the console
 * complains of, `response` is what the server sent.
 */
export async function openHeld(t, address, scripts) {
  const { page, errors } = await newTab(await openBrowser(t));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) errors.push(message.text());
  });
  let letScriptsCome;
  const mayCome = new Promise((resolve) => {
    letScriptsCome = resolve;
  });
  await page.route(scripts, async (route) => {
    await mayCome;
    await route.continue();
  });
  const response = await page.goto(address, { waitUntil: 'commit' });
  return { page, errors, response, letScriptsCome };
}
