// The app in what people build, serve and test with: it says something and hears the answer, and nothing is configured
// but what stands in the command. The titles are the rows of `npm run packaging`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeTalkwire } from '../../scripts/pack.mjs';
import { newTab, openBrowser } from '../e2e/support/browser.mjs';
import { startGateway } from '../e2e/support/gateway.mjs';
import { until } from '../e2e/support/until.mjs';
import { watchWire } from '../e2e/support/wire.mjs';
import { appFolder, newFolder, runTool, serveFiles, serveTool, versionOf } from './support/app.mjs';

/** Tool, package, program, and what it is told; the option that says where it is built to comes last. */
const BUILDS = [
  ['Vite', 'vite', '.bin/vite', 'build --outDir'],
  ['Vite', 'vite-7', 'vite-7/bin/vite.js', 'build --outDir'],
  ['Vite', 'vite-6', 'vite-6/bin/vite.js', 'build --outDir'],
  ['webpack', 'webpack', '.bin/webpack', './main.js -o'],
  ['Rspack', '@rspack/core', '.bin/rspack', 'build --entry ./main.js -o'],
  ['Parcel', 'parcel', '.bin/parcel', 'build index.html --no-cache --dist-dir'],
  ['esbuild', 'esbuild', '.bin/esbuild', 'main.js --bundle --splitting --format=esm --outdir'],
  ['Rollup', 'rollup', '.bin/rollup', 'main.js -p node-resolve -d'],
];
const SERVERS = BUILDS.filter(([tool]) => tool === 'Vite');
/** These leave the module's file behind, and what comes in its place is its bytes in a script. */
const WITHOUT_THE_FILE = ['esbuild, build', 'rollup, build', 'vite-7, dev', 'vite-6, dev'];
const RUNNERS = [
  ['jest', '--env=jsdom --transform={}', { NODE_OPTIONS: '--experimental-vm-modules' }],
  ['vitest', 'run --environment=jsdom', {}],
];
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src *";
const TOO_STRICT = "default-src 'none'; script-src 'self'; connect-src *";
const CONVERSATION = 'conv_login';
const LIMIT_MS = 60_000;

test('the app, in every tool', async (t) => {
  placeTalkwire(appFolder);
  const gateway = await startGateway(t);
  const browser = await openBrowser(t);

  for (const [tool, name, program, told] of BUILDS) {
    const options = told.split(' ');
    const to = options.pop();
    await t.test(title(tool, name, 'build', options), async (t) => {
      const into = newFolder(t);
      await runTool(program, [
        ...options,
        ...(tool === 'esbuild' ? [`${to}=${into}`] : [to, into]),
      ]);
      await talks(
        t,
        `${await serveFiles(t, [into, appFolder])}/index.html`,
        hasFile(name, 'build'),
      );
    });
  }

  for (const [tool, name, program] of SERVERS)
    await t.test(title(tool, name, 'dev', []), async (t) => {
      const site = await serveTool(t, program, ['--force', '--host', '127.0.0.1', '--port', '0']);
      await talks(t, `${site}/`, hasFile(name, 'dev'));
    });

  await t.test('no bundler, page, <script type="module">', async (t) => {
    await talks(t, `${await serveFiles(t, [appFolder])}/plain.html`);
  });

  await t.test(`no bundler, page, Content-Security-Policy: ${STRICT}`, async (t) => {
    const headers = { 'Content-Security-Policy': STRICT };
    await talks(t, `${await serveFiles(t, [appFolder], headers)}/plain.html`);
  });

  await t.test(`no bundler, page, refused and told why by ${TOO_STRICT}`, async (t) => {
    const headers = { 'Content-Security-Policy': TOO_STRICT };
    const { page } = await open(t, `${await serveFiles(t, [appFolder], headers)}/plain.html`, 'Hi');
    await page.getByText(/^wasm-blocked: .*'wasm-unsafe-eval'/).waitFor();
  });

  for (const [name, told, variables] of RUNNERS) {
    const options = told.split(' ');
    const set = Object.entries(variables).map(([variable, value]) => `with ${variable}=${value}`);
    const run = (file, more) =>
      runTool(`.bin/${name}`, [...options, `${name}/${file}`], {
        env: { ...variables, NODE_ENV: 'test', ...more },
      });
    await t.test(title(name, name, 'test', [...options, ...set]), async () => {
      const [text, reply] = [`Hello from ${name}`, `Hello ${name}`];
      const ran = run('chat.test.js', { CHAT: JSON.stringify({ ...(await about(text)), reply }) });
      await Promise.race([answer(text, reply), ran]);
      await ran;
    });
    await t.test(`a component under test by talkwire/testing, in ${name}`, () =>
      run('component.test.js'),
    );
  }

  /** The page there says something and shows the answer; the module is asked for once, and comes in a file of its own. */
  async function talks(t, address, hasFile = true) {
    const [text, reply] = [`Hello from ${t.name}`, `Hello ${t.name}`];
    const { page, errors, wire, modules } = await open(t, address, text);
    await page.getByText(`${text} (sent)`).waitFor();
    await answer(text, reply);
    await page.getByText(`${reply} (received)`).waitFor();
    const lines = await page.getByRole('listitem').allTextContents();
    assert.deepEqual(lines, [`${text} (sent)`, `${reply} (received)`]);
    assert.equal(wire.count('GET', /\.wasm$/), 1);
    assert.deepEqual(modules, [hasFile]);
    assert.deepEqual(
      errors.filter((error) => hasFile || !/^404 .*\.wasm$/.test(error)),
      [],
    );
  }

  /** Opens it in a tab that is closed when the test `t` ends; `modules` tells of each answer whether it was the module. */
  async function open(t, address, text) {
    const { page, errors } = await newTab(browser);
    t.after(() => page.context().close());
    page.setDefaultTimeout(LIMIT_MS);
    const wire = watchWire(page);
    const modules = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.wasm'))
        modules.push(response.headers()['content-type'] === 'application/wasm');
    });
    await page.goto(`${address}?${new URLSearchParams(await about(text))}`);
    return { page, errors, wire, modules };
  }

  /** What the app is told in its address. */
  async function about(text) {
    const token = await gateway.token('agent_ana');
    return { server: gateway.host, token, conversationId: CONVERSATION, text };
  }

  /** Says something else once the gateway has what was said. */
  async function answer(text, content) {
    const path = `/conversations/${CONVERSATION}/messages`;
    const look = async () => {
      const { messages } = await gateway.api('GET', path);
      return messages.some((message) => message.content === text);
    };
    await until(text, look, { timeoutMs: LIMIT_MS });
    await gateway.api('POST', path, { as: 'agent_ben', body: { content } });
  }
});

const hasFile = (name, mode) => !WITHOUT_THE_FILE.includes(`${name}, ${mode}`);

const title = (tool, name, mode, options) =>
  `${tool} ${versionOf(name)}, ${mode}, ${[tool.toLowerCase(), ...options].join(' ')}`;
