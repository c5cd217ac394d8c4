// A fresh Next.js app with the package in it: built and served without any configuration.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newTab, openBrowser } from '../e2e/support/browser.mjs';
import { startGateway } from '../e2e/support/gateway.mjs';
import { until } from '../e2e/support/until.mjs';
import { watchWire } from '../e2e/support/wire.mjs';
import { pack } from './support/pack.mjs';

const SOURCE = fileURLToPath(new URL('next-app', import.meta.url));
const PACKAGES = ['next@16', 'react@19', 'react-dom@19'];
const NEXT = 'node_modules/next/dist/bin/next';
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };

test('Next.js: a client component shows a message, and after a restart the next', async (t) => {
  const folder = makeApp(t);
  const app = await serve(t, folder);
  const gateway = await startGateway(t, { env: { CORS_ORIGIN: app } });
  const { page, errors } = await newTab(await openBrowser(t));
  const wire = watchWire(page);
  await page.goto(`${app}/?server=${gateway.host}&token=${await gateway.token('agent_ana')}`);
  const say = (content) =>
    gateway.api('POST', '/conversations/conv_login/messages', { body: { content } });

  await until('a subscription', async () => (await gateway.held()).subscriptions === 1);
  await say('Hello from the gateway');
  await page.getByText('Hello from the gateway').waitFor();
  await gateway.kill();
  await page.getByText('not connected').waitFor();
  await gateway.start();
  await say('And hello again');
  await page.getByText('And hello again').waitFor();
  assert.deepEqual(await page.getByRole('listitem').allTextContents(), [
    'Hello from the gateway',
    'And hello again',
  ]);
  assert.equal(wire.count('GET', /\.wasm$/), 1, 'the module is an asset of its own');
  assert.deepEqual(errors, []);
});

/** Installs and builds it; what it lies in goes when the test `t` ends. */
function makeApp(t) {
  const { folder, tarball } = pack(t);
  cpSync(SOURCE, folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const run = (what, command, ...args) => {
    const began = Date.now();
    execFileSync(command, args, { cwd: folder, env, stdio: 'pipe' });
    t.diagnostic(`${what}: ${((Date.now() - began) / 1000).toFixed(0)} s`);
  };
  run('npm install', 'npm', 'install', '--no-audit', '--no-fund', ...PACKAGES, tarball);
  run('next build', process.execPath, NEXT, 'build');
  return folder;
}

/** Serves it until the test `t` ends; resolves with its address. */
function serve(t, cwd) {
  const child = spawn(process.execPath, [NEXT, 'start', '--port', '0'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [address] = line.match(/http:\/\/localhost:\d+/) ?? [];
      if (address) resolve(address);
    });
    child.on('exit', (code) => reject(new Error(`next start ended with ${code}`)));
  });
}
