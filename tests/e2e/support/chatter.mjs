// Somebody who chats from an app of another origin than the server's: `pages/chatter.js` in a tab.
import { newTab } from './browser.mjs';
import { until } from './until.mjs';

/** Opens a tab of the app with a client of these options, and waits until it has joined. */
export async function openChatter(browser, app, options, ...conversationIds) {
  const { page, errors } = await newTab(browser);
  await page.goto(`http://${app}/`);
  await page.evaluate(
    ([options, ids]) => globalThis.test.open(options, ids),
    [options, conversationIds],
  );
  const chatter = new Chatter(page, errors);
  for (const id of conversationIds)
    await until(`${id} is joined`, async () => (await chatter.snapshot(id)).status === 'live');
  return chatter;
}

class Chatter {
  constructor(page, errors) {
    this.page = page;
    this.errors = errors;
  }

  /** Sends one text a frame; resolves when all are given to the client. */
  say(conversationId, texts) {
    return this.page.evaluate(
      ([id, texts]) => globalThis.test.say(id, texts),
      [conversationId, texts],
    );
  }

  /** What the client told, in order. */
  heard() {
    return this.page.evaluate(() => globalThis.test.heard);
  }

  /** How each send ended. */
  sent() {
    return this.page.evaluate(() => globalThis.test.sent);
  }

  /** Waits until each send has ended. */
  async untilSettled() {
    const isSettled = () => globalThis.test.sent.every(({ settled }) => settled > 0);
    await this.page.waitForFunction(isSettled, undefined, { timeout: 60_000 });
  }

  /** Waits until this message was told. */
  async untilHeard(id) {
    const isHeard = (id) => globalThis.test.heard.some((one) => one.id === id);
    await this.page.waitForFunction(isHeard, id, { timeout: 60_000 });
  }

  /** A conversation's snapshot, of its messages only id, content and state. */
  snapshot(conversationId) {
    return this.page.evaluate((id) => {
      const { messages, status, hasGap } = globalThis.test.client.conversation(id).getSnapshot();
      const shown = messages.map(({ id, content, state }) => ({ id, content, state }));
      return { messages: shown, status, hasGap };
    }, conversationId);
  }

  /** Asks for older messages; resolves with the code of the error, if there is one. */
  loadBefore(conversationId, limit) {
    return this.page.evaluate(
      ([id, limit]) =>
        globalThis.test.client
          .conversation(id)
          .loadBefore(limit)
          .catch(({ code }) => code),
      [conversationId, limit],
    );
  }

  /** What the client counted, the errors it told, and its last transitions. */
  report() {
    return this.page.evaluate(() => {
      const { client, errors } = globalThis.test;
      return { stats: client.stats(), errors, dump: client.dump() };
    });
  }
}
