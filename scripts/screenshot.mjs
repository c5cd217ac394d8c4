// Takes docs/chat.png from the real page: an agent and a customer, each in a tab, talk through a real gateway.
import { join } from 'node:path';
import { openBrowser, openTab } from '../tests/e2e/support/browser.mjs';
import { startGateway } from '../tests/e2e/support/gateway.mjs';
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { root } from './command.mjs';
import { main } from './main.mjs';

const PICTURE = join(root, 'docs/chat.png');
const TALK = [
  ['customer', 'Hello again! The parcel has come, but the lamp in it is cracked.'],
  [
    'agent',
    'Oh no, I am sorry. A new one leaves us today, and you need not send the old one back.',
  ],
  ['customer', 'That was quick. Thank you!'],
  ['agent', 'You will have it on Thursday. Is there anything else?'],
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
  const [conversation] = await gateway.api('GET', '/conversations');
  const customer = conversation.participants.find((person) => person.role === 'customer');

  const size = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 2 };
  const pages = {
    agent: await openConversation(browser, gateway.url, 'agent_ana', conversation.id, size),
    customer: await openConversation(browser, gateway.url, customer.id, conversation.id),
  };
  for (const [who, text] of TALK) {
    await say(pages[who], text);
    for (const page of Object.values(pages))
      await page.getByTestId('message').getByText(text).waitFor();
  }
  await pages.customer.getByTestId('composer-input').pressSequentially('No, that');
  await pages.agent.getByTestId('typing').getByText(/\w/).waitFor();
  await pages.agent.screenshot({ path: PICTURE });
}

async function openConversation(browser, gateway, as, id, options) {
  const { page } = await openTab(
    browser,
    `${gateway}/examples/vanilla/?as=${as}#${encodeURIComponent(id)}`,
    options,
  );
  await page.getByTestId('message').first().waitFor();
  return page;
}

async function say(page, text) {
  await page.getByTestId('composer-input').fill(text);
  await page.getByTestId('composer-send').click();
}
