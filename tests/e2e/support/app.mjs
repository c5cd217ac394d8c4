// An app of somebody who has the package: bundled as by their tool, served from their own origin.
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../../scripts/command.mjs';
import { listen } from './listen.mjs';

const HTML = `<!doctype html>
  <meta charset="utf-8">
  <title>An app</title>
  <div id="root"></div>
  <script type="module" src="/app.js"></script>`;

/** Serves `tests/e2e/pages/<name>` as an app, until the test `t` ends; resolves with its host and port. */
export async function serveApp(t, name) {
  const files = await bundle(name);
  const server = createServer((request, response) => {
    const [path] = request.url.split('?');
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(HTML);
    const body = files.get(path.slice(1));
    if (body === undefined) return response.writeHead(404).end('not found');
    return response.setHeader('Content-Type', 'text/javascript').end(body);
  });
  return listen(t, server);
}

async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: { app: join(root, 'tests/e2e/pages', name) },
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    outdir: root,
    write: false,
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}
