// Takes pictures of the page in every state of its connection, and of the one with React, narrow and wide, light and dark:
// for looking at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser, openTab } from '../tests/e2e/support/browser.mjs';
import { openChat } from '../tests/e2e/support/chat.mjs';
import { serveExample } from '../tests/e2e/support/example.mjs';
import { startGateway } from '../tests/e2e/support/gateway.mjs';
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { root } from './command.mjs';
import { main } from './main.mjs';
import { chromium } from './setup/browser.mjs';
import { examplePackages } from './setup/npm-packages.mjs';
import { forBuild, setup } from './setup.mjs';

const FOLDER = join(root, 'test-results/screens');
const CONVERSATION = 'conv_parcel';
const LOOKS = {
  wide: { viewport: { width: 1280, height: 800 } },
  'wide-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true },
  'narrow-dark': {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    colorScheme: 'dark',
  },
};

await main(import.meta, async () => {
  await setup([...forBuild, chromium, examplePackages('react-vite')]);
  await build();
  await buildGateway();
  mkdirSync(FOLDER, { recursive: true });
  const endings = [];
  try {
    const t = { after: (ending) => endings.push(ending) };
    await takeAll(t);
    await takeReact(t);
  } finally {
    for (const ending of endings.reverse()) await ending();
  }
  console.log(`The pictures are in ${FOLDER}.`);
});

async function takeAll(t) {
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);
  const open = ([look, options]) =>
    openChat(browser, gateway, 'agent_ana', CONVERSATION, options).then((chat) => [look, chat]);
  const chats = await Promise.all(Object.entries(LOOKS).map(open));
  const take = async (name, state) => {
    for (const [look, chat] of chats) {
      await chat.untilBanner(state);
      await chat.page.screenshot({ path: join(FOLDER, `${name}-${look}.png`) });
    }
  };

  await take('connected', { phase: 'open', transport: 'socket' });
  await gateway.kill();
  for (const [, chat] of chats) await chat.untilBanner({ phase: 'waiting', transport: 'none' });
  await chats[0][1].write('It should be with you in an hour.');
  await take('waiting', { phase: 'waiting', transport: 'none' });
  await gateway.start({ WEBSOCKET_ENABLED: 'false' });
  await take('polling', { phase: 'waiting', transport: 'polling' });
  for (const [, { page }] of chats) await page.getByTestId('drop-connection').click();
  await take('disconnected', { phase: 'idle' });
  for (const [, { page }] of chats)
    await page.evaluate(() => {
      location.hash = '';
    });
  await take('list', { phase: 'idle' });
}

async function takeReact(t) {
  const gateway = await startGateway(t);
  const address = await serveExample(t, 'react-vite', gateway);
  const browser = await openBrowser(t);
  for (const [look, options] of Object.entries(LOOKS)) {
    const { page } = await openTab(browser, `${address}/?as=agent_ana#${CONVERSATION}`, options);
    await page.locator('[data-phase="open"]').waitFor();
    await page.getByTestId('message').first().waitFor();
    await page.screenshot({ path: join(FOLDER, `react-${look}.png`) });
  }
}
