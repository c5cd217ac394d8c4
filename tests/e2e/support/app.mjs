// An app of somebody who has the package: bundled as by their tool, served from their own origin.
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { transformFileAsync } from '@babel/core';
import { build } from 'esbuild';
import { root } from '../../../scripts/command.mjs';
import { listen } from './listen.mjs';

const HTML = `<!doctype html>
  <meta charset="utf-8">
  <title>An app</title>
  <div id="root"></div>
  <script type="module" src="/app.js"></script>`;

/**
 * Serves `tests/e2e/pages/<name>` as an app, until the test `t` ends; resolves with its host and port. `byCompiler`: as
 * React Compiler has it.
 */
export async function serveApp(t, name, { byCompiler = false } = {}) {
  const files = await bundle(name, byCompiler ? [reactCompiler] : []);
  const server = createServer((request, response) => {
    const [path] = request.url.split('?');
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(HTML);
    const body = files.get(path.slice(1));
    if (body === undefined) return response.writeHead(404).end('not found');
    return response.setHeader('Content-Type', 'text/javascript').end(body);
  });
  return listen(t, server);
}

async function bundle(name, plugins) {
  const { outputFiles } = await build({
    entryPoints: { app: join(root, 'tests/e2e/pages', name) },
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    plugins,
    outdir: root,
    write: false,
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
}

const reactCompiler = {
  name: 'React Compiler',
  setup({ onLoad }) {
    onLoad({ filter: /pages\/\w+\.jsx$/ }, async ({ path }) => {
      const { code } = await transformFileAsync(path, {
        configFile: false,
        parserOpts: { plugins: ['jsx'] },
        // A component that it cannot compile is an error.
        plugins: [['babel-plugin-react-compiler', { panicThreshold: 'all_errors' }]],
      });
      if (!code.includes('react/compiler-runtime')) throw new Error(`${path} is as it was`);
      return { contents: code, loader: 'jsx' };
    });
  },
};
