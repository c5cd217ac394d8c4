// Where the pages of a benchmark come from: blank ones, and the modules that they import.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { root } from '../../scripts/command.mjs';
import { listen } from '../../tests/e2e/support/listen.mjs';

const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };
const HEADERS = {
  // Without these two, the browser rounds its clock to 100 µs.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
const KEPT = { 'Cache-Control': 'public, max-age=31536000, immutable' };

/** Serves what was bundled, each answer after `latencyMs`; `t.after` ends it. Resolves with its address. */
export async function serve(t, outputFiles, { latencyMs = 0 } = {}) {
  const files = new Map(
    outputFiles.map(({ path, contents }) => [`/app/${basename(path)}`, contents]),
  );
  files.set('/pkg/talkwire_bg.wasm', readFileSync(join(root, 'pkg/talkwire_bg.wasm')));
  const server = createServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const send = (status, headers, body) =>
      setTimeout(() => response.writeHead(status, { ...HEADERS, ...headers }).end(body), latencyMs);
    const body = files.get(pathname);
    if (pathname === '/')
      send(200, { 'Content-Type': 'text/html' }, page(searchParams.get('module')));
    else if (body) send(200, { 'Content-Type': TYPES[pathname.split('.').at(-1)], ...KEPT }, body);
    else send(404);
  });
  return `http://${await listen(t, server)}`;
}

/** A blank page, with a module in it if there is one. */
function page(module) {
  const script = module ? `<script type="module" src="${module}"></script>` : '';
  return `<!doctype html><meta charset="utf-8"><title>A benchmark</title>${script}`;
}
