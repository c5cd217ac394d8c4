// Chromium and its driver: the tests' browser.
import { aptInstall, isDebianRoot } from './debian.mjs';
import { onPath } from './path.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser to test in, or null. */
export function findChromium() {
  return process.env.CHROME_BIN || (BROWSERS.map(onPath).find(Boolean) ?? null);
}

/** The driver of the same version, or null. */
export function findChromedriver() {
  return process.env.CHROMEDRIVER || onPath('chromedriver');
}

export const chromium = {
  name: 'Chromium and chromedriver',
  why: 'tests run in a real browser',
  missing() {
    if (!findChromium()) return 'there is no Chromium or Chrome on PATH';
    return findChromedriver() ? null : 'there is no chromedriver on PATH';
  },
  canInstall: isDebianRoot,
  install: () => aptInstall('chromium', 'chromium-driver'),
  byHand: [
    'apt-get install chromium chromium-driver    # Debian, as root',
    'CHROME_BIN=/path/to/chrome CHROMEDRIVER=/path/to/chromedriver npm test    # elsewhere; both of one version',
  ],
};
