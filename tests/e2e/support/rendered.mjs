// A page that a server renders and the browser takes over, built by the tools of examples/vue-svelte-solid.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../../scripts/command.mjs';
import { listen } from './listen.mjs';

const TOOLS = join(root, 'examples/vue-svelte-solid/node_modules');
const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Builds `tests/e2e/pages/rendered/<framework>` twice, as it is for a server and for a browser; gives the folders. */
export async function buildRendered(t, framework) {
  const folder = mkdtempSync(join(tmpdir(), 'talkwire-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const source = join(root, 'tests/e2e/pages/rendered', framework);
  const entry = (name) =>
    join(
      source,
      readdirSync(source).find((file) => file.startsWith(name)),
    );
  const [vite, { svelte }, { default: vue }, { default: solid }] = await Promise.all(
    [
      'vite/dist/node/index.js',
      '@sveltejs/vite-plugin-svelte/src/index.js',
      '@vitejs/plugin-vue/dist/index.mjs',
      'vite-plugin-solid/dist/esm/index.mjs',
    ].map((path) => import(pathToFileURL(join(TOOLS, path)))),
  );
  const plugins = {
    vue,
    svelte: () => svelte({ configFile: false }),
    solid: () => solid({ ssr: true }),
  };
  const build = (name, build) =>
    vite.build({
      root: source,
      configFile: false,
      logLevel: 'warn',
      // Only then do frameworks tell of a mismatch.
      mode: 'development',
      plugins: [plugins[framework]()],
      resolve: { alias: [{ find: /^talkwire\/(\w+)$/, replacement: `${root}/src/js/$1.js` }] },
      ssr: { noExternal: true },
      build: { outDir: join(folder, name), emptyOutDir: true, ...build },
    });
  process.env.NODE_ENV = 'development';
  await build('server', { ssr: entry('server') });
  await build('client', {
    rollupOptions: { input: entry('client'), output: { entryFileNames: 'client.js' } },
  });
  const [server] = readdirSync(join(folder, 'server')).filter((file) => file.startsWith('server'));
  const { render } = await import(pathToFileURL(join(folder, 'server', server)));
  return { render, files: join(folder, 'client') };
}

/** Serves the page with what `given()` gives for its props, rendered for each request; resolves with the address. */
export async function serveRendered(t, { render, files }, given) {
  const page = async () => {
    const props = await given();
    const { head = '', body } = await render(props);
    return `<!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Rendered</title>${head}</head>
      <body><div id="root">${body}</div>
      <script>globalThis.props = ${JSON.stringify(props).replaceAll('<', '\\u003c')};</script>
      <script type="module" src="/client.js"></script></body></html>`;
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const type = TYPES[extname(pathname)] ?? 'text/html';
    const answer = pathname === '/' ? page() : readFileSync(join(files, pathname));
    response.setHeader('Content-Type', type).end(await answer);
  });
  return `http://${await listen(t, server)}`;
}
