// Takes docs/chat.png from the real page: an agent and a customer, each in a tab, talk through a real gateway.
import { join } from 'node:path';
import { openBrowser, openTab } from '../tests/e2e/support/browser.mjs';
import { startGateway } from '../tests/e2e/support/gateway.mjs';
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { root } from './command.mjs';
import { main } from './main.mjs';

const PICTURE = join(root, 'docs/chat.png');
const CONVERSATION = 'conv_refund';
const CUSTOMER = 'cust_maya';
const TALK = [
  ['agent', 'Perfectly normal, Maya: a bank shows a refund only once it has arrived.'],
  ['customer', 'That is good to know. So I just wait until Thursday?'],
  ['agent', 'Yes, please. I have put a note on the order and will look again on Friday.'],
  ['customer', 'You are wonderful, thank you!'],
];

await main(import.meta, async () => {
  await build();
  await buildGateway();
  const endings = [];
  try {
    await takePicture({ after: (ending) => endings.push(ending) });
  } finally {
    for (const ending of endings.reverse()) await ending();
  }
  console.log(`${PICTURE} is taken.`);
});

async function takePicture(t) {
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);
  const size = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 };
  const pages = {
    agent: await openConversation(browser, gateway.url, 'agent_ana', size),
    customer: await openConversation(browser, gateway.url, CUSTOMER),
  };
  for (const [who, text] of TALK) {
    await say(pages[who], text);
    for (const page of Object.values(pages))
      await page.getByTestId('message').getByText(text).waitFor();
  }
  await pages.customer.getByTestId('composer-input').pressSequentially('Have a lovely');
  await pages.agent.getByTestId('typing').getByText(/\w/).waitFor();
  await pages.agent.screenshot({ path: PICTURE });
}

async function openConversation(browser, gateway, as, options) {
  const { page } = await openTab(
    browser,
    `${gateway}/examples/vanilla/?as=${as}#${CONVERSATION}`,
    options,
  );
  await page.getByTestId('message').first().waitFor();
  return page;
}

async function say(page, text) {
  await page.getByTestId('composer-input').fill(text);
  await page.getByTestId('composer-send').click();
}
