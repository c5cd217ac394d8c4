// examples/nextjs as a project of its own, without any configuration: built and served, and under development, by either
// of Next.js's bundlers. The titles are rows of `npm run packaging`, too.
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/command.mjs';
import { environmentOf } from '../../scripts/example.mjs';
import { placeTalkwire } from '../../scripts/pack.mjs';
import { newTab, openBrowser } from '../e2e/support/browser.mjs';
import { startGateway } from '../e2e/support/gateway.mjs';
import { watchWire } from '../e2e/support/wire.mjs';
import { newFolder, runTool, serveTool, versionOf } from './support/app.mjs';

const SOURCE = join(root, 'examples/nextjs');
const NEXT = '.bin/next';
const CONVERSATION = 'conv_login';
const LIMIT_MS = 120_000;

test('examples/nextjs, by either bundler', async (t) => {
  const app = newFolder(t);
  for (const name of ['package.json', 'package-lock.json', 'app', 'node_modules'])
    cpSync(join(SOURCE, name), join(app, name), { recursive: true, verbatimSymlinks: true });
  placeTalkwire(app);
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);
  const env = { NEXT_TELEMETRY_DISABLED: '1', ...environmentOf(gateway) };
  const version = versionOf('next', app);

  for (const bundler of ['--turbopack', '--webpack']) {
    await t.test(`Next.js ${version}, build, next build ${bundler}`, async (t) => {
      const built = { app, env: { ...env, NODE_ENV: 'production' } };
      await runTool(NEXT, ['build', bundler], built);
      await talks(t, await serveTool(t, NEXT, ['start', '--port', '0'], built));
    });

    await t.test(`Next.js ${version}, dev, next dev ${bundler}`, async (t) => {
      const developed = { app, env: { ...env, NODE_ENV: 'development' } };
      await talks(t, await serveTool(t, NEXT, ['dev', bundler, '--port', '0'], developed));
    });
  }

  /** A message comes, after a restart of the gateway the next one does, and one goes out. */
  async function talks(t, address) {
    const { page, errors } = await newTab(browser);
    t.after(() => page.context().close());
    page.setDefaultTimeout(LIMIT_MS);
    const wire = watchWire(page);
    const lines = page.getByTestId('message').locator('span');
    const texts = ['Hello', 'Hello again', 'Hello from the page'].map(
      (text) => `${text}: ${t.name}`,
    );
    const [first, second, third] = texts;
    const say = (content) =>
      gateway.api('POST', `/conversations/${CONVERSATION}/messages`, { body: { content } });

    await page.goto(`${address}/conversations/${CONVERSATION}`, { timeout: LIMIT_MS });
    await page.getByText('Connected', { exact: true }).waitFor();
    await say(first);
    await page.getByText(first, { exact: true }).waitFor();
    await gateway.kill();
    await page.getByText('Not connected').waitFor();
    await gateway.start();
    await say(second);
    await page.getByText(second, { exact: true }).waitFor();
    await page.getByLabel('Message').fill(third);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('[data-state="sent"]').getByText(third, { exact: true }).waitFor();
    assert.deepEqual((await lines.allTextContents()).slice(-3), texts);
    assert.equal(wire.count('GET', /\.wasm$/), 1, 'the module is an asset of its own');
    assert.deepEqual(errors, []);
  }
});
