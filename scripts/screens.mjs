// Takes pictures of the page in every state of its connection, narrow and wide, light and dark: for looking at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../tests/e2e/support/browser.mjs';
import { openChat } from '../tests/e2e/support/chat.mjs';
import { startGateway } from '../tests/e2e/support/gateway.mjs';
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { root } from './command.mjs';
import { main } from './main.mjs';

const FOLDER = join(root, 'test-results/screens');
const CONVERSATION = 'conv_parcel';
const LOOKS = {
  wide: { viewport: { width: 1280, height: 800 } },
  narrow: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true },
  'narrow-dark': {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    colorScheme: 'dark',
  },
};

await main(import.meta, async () => {
  await build();
  await buildGateway();
  mkdirSync(FOLDER, { recursive: true });
  const endings = [];
  try {
    await takeAll({ after: (ending) => endings.push(ending) });
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
