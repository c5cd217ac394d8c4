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

/** What every such page has: `test.create(name, options)`, what each client by that name told, and the module’s memory. */
export const inside = `
  {
    const { instantiate, Instance } = WebAssembly;
    const running = ({ exports }) => {
      globalThis.test.memory = exports.memory;
    };
    WebAssembly.instantiate = async (...args) => {
      const made = await instantiate(...args);
      running(made.instance ?? made);
      return made;
    };
    WebAssembly.Instance = class extends Instance {
      constructor(...args) {
        super(...args);
        running(this);
      }
    };
  }
  globalThis.test = {
    clients: {},
    told: {},
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
