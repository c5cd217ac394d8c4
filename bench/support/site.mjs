// Where the pages of a benchmark come from: a blank one, and the modules that it imports.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { root } from '../../scripts/command.mjs';

const TYPES = { js: 'text/javascript', wasm: 'application/wasm', html: 'text/html' };
// Without these, the browser rounds its clock to 100 µs.
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Serves what was bundled, under the names that it has; `t.after` ends it. Resolves with its address. */
export async function serve(t, outputFiles) {
  const files = new Map(
    outputFiles.map(({ path, contents }) => [`/app/${basename(path)}`, contents]),
  );
  files.set('/', '<!doctype html><meta charset="utf-8"><title>A benchmark</title>');
  files.set('/pkg/talkwire_bg.wasm', readFileSync(join(root, 'pkg/talkwire_bg.wasm')));
  const server = createServer(({ url }, response) => {
    const body = files.get(url);
    if (body === undefined) return response.writeHead(404).end();
    const type = TYPES[url.split('.').at(1) ?? 'html'];
    return response.writeHead(200, { 'Content-Type': type, ...ISOLATED }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}
