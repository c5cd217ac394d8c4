// A page with nothing on it but what a test does there with the package.
import { newTab } from './browser.mjs';
import { watchWire } from './wire.mjs';

/** Opens one at the gateway's origin; `prepare(page)` comes before anything is loaded. */
export async function openBlank(browser, gateway, { prepare = () => {} } = {}) {
  const { page, errors } = await newTab(browser);
  const wire = watchWire(page);
  await page.addInitScript(inside);
  await prepare(page);
  // Something that is served and runs no script.
  await page.goto(`${gateway.url}/health`);
  const token = await gateway.token('agent_ana');
  await page.evaluate((token) => {
    globalThis.test.token = token;
  }, token);
  return { page, errors, wire };
}

/** What every such page has: `test.create(name, options)`, and what each client by that name told. */
export const inside = `
  globalThis.test = {
    clients: {},
    told: {},
    /** What the running instance of the module exports. */
    module: async () => (await import('/pkg/talkwire.js')).default(),
    opened: (client) =>
      new Promise((resolve) => {
        const look = () => {
          if (client.connection.getSnapshot().phase !== 'open') return;
          stop();
          resolve();
        };
        const stop = client.connection.subscribe(look);
        look();
      }),
    async create(name, options = {}) {
      const { createClient } = await import('/src/js/index.js');
      const client = createClient({ url: '/ws', token: () => globalThis.test.token, ...options });
      const told = { messages: [], errors: [], phases: [] };
      client.on('message', ({ data }) => told.messages.push(data.content));
      client.on('error', ({ error }) => told.errors.push(error.code));
      client.connection.subscribe(() => told.phases.push(client.connection.getSnapshot().phase));
      globalThis.test.clients[name] = client;
      globalThis.test.told[name] = told;
      return client;
    },
  };
`;
