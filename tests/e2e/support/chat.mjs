// A person at the example page. The page and its client are the real ones; the test listens in.
import { newTab } from './browser.mjs';
import { watchWire } from './wire.mjs';

/** What the page gets for `talkwire`: the same, and a note of each client and of all it tells. */
const LISTENING_IN = `
  import { createClient as create } from './index.js?itself';
  export { init, TalkwireError } from './index.js?itself';
  export function createClient(options) {
    const client = create(options);
    const heard = [];
    const connections = [];
    client.on('message', (event) => heard.push(event));
    client.connection.subscribe(() => {
      connections.push({ at: Date.now(), ...client.connection.getSnapshot() });
    });
    globalThis.test = { client, heard, connections };
    return client;
  }
`;

/** Opens a conversation as somebody, in a tab of their own. */
export async function openChat(browser, gateway, as, conversationId, options) {
  const { page, errors } = await newTab(browser, options);
  const wire = watchWire(page);
  await page.route('**/src/js/index.js', (route) =>
    route.fulfill({ contentType: 'text/javascript', body: LISTENING_IN }),
  );
  await page.goto(`${gateway.url}/examples/vanilla/?as=${as}#${conversationId}`);
  await page.getByTestId('message').first().waitFor();
  return new Chat(page, errors, wire, conversationId);
}

class Chat {
  #conversationId;

  constructor(page, errors, wire, conversationId) {
    this.page = page;
    this.errors = errors;
    this.wire = wire;
    this.#conversationId = conversationId;
  }

  /** Writes into the composer and sends. */
  async write(text) {
    await this.page.getByTestId('composer-input').fill(text);
    await this.page.getByTestId('composer-send').click();
  }

  /** Sends through the page's own client, one text a frame; resolves with how each send ended. */
  say(texts) {
    return this.page.evaluate(
      async ([id, texts]) => {
        const results = [];
        for (const text of texts) {
          results.push(globalThis.test.client.conversation(id).send(text).result);
          await new Promise((next) => requestAnimationFrame(next));
        }
        return (await Promise.all(results)).map(({ status }) => status);
      },
      [this.#conversationId, texts],
    );
  }

  /** What `on('message')` was told: `{ id, via, late }` each. */
  heard() {
    return this.page.evaluate(() =>
      globalThis.test.heard.map(({ data, via, late }) => ({ id: data.id, via, late })),
    );
  }

  /** Waits until `on('message')` was told so many. */
  async untilHeard(count) {
    await this.page.waitForFunction((count) => globalThis.test.heard.length >= count, count);
  }

  /** The ids of the snapshot's messages. */
  snapshot() {
    return this.page.evaluate(
      (id) =>
        globalThis.test.client
          .conversation(id)
          .getSnapshot()
          .messages.map((message) => message.id),
      this.#conversationId,
    );
  }

  /** The ids of the messages on the page. */
  shown() {
    return this.page
      .getByTestId('message')
      .evaluateAll((rows) => rows.map((row) => row.dataset.messageId));
  }

  /** Waits until a message of this text is on the page, be it only on its way. */
  async untilShown(text) {
    await this.page.getByTestId('message').getByText(text, { exact: true }).waitFor();
  }

  connection() {
    return this.page.evaluate(() => globalThis.test.client.connection.getSnapshot());
  }

  /** Waits until the banner says so. */
  async untilBanner(state) {
    const attributes = Object.entries(state).map(([name, value]) => `[data-${name}="${value}"]`);
    await this.page
      .locator(`[data-testid="connection-banner"]${attributes.join('')}`)
      .waitFor({ timeout: 60_000 });
  }
}
