// What bundlers make of the package without any configuration: what a page needs first is a thin file.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { install } from './support/pack.mjs';

const APP = "import { createClient } from 'TALKWIRE'; createClient({ url: '/ws' });";
const GLUE = '__wbg_ptr';
const BYTES = 'AGFzbQ';
const LONG_POLLING = 'EIO=4&transport=${';

test('the engine comes later, in one file, the bytes only where there is no module, and long-polling where there is no socket', async (t) => {
  const [first, ...later] = await bundle(t, 'talkwire', { splitting: true });
  assert.ok(!first.includes(GLUE) && !first.includes(BYTES), 'the first file is thin');
  const hasAddress = /new URL\("\S+talkwire_bg\.wasm", ?import\.meta\.url\)/.test(first);
  assert.ok(hasAddress, 'the module is looked for in parallel');
  assert.equal(later.length, 3, 'nothing is shared between the first and the others');
  for (const only of [BYTES, GLUE, LONG_POLLING])
    assert.equal(later.filter((text) => text.includes(only)).length, 1, only);
});

test('talkwire/inline is one file that asks for nothing, not even as a classic script', async (t) => {
  for (const format of ['esm', 'iife']) {
    const files = await bundle(t, 'talkwire/inline', { format, splitting: format === 'esm' });
    assert.equal(files.length, 1);
    assert.ok(files[0].includes(GLUE) && files[0].includes(BYTES));
    assert.ok(!/import\(|import\.meta/.test(files[0]), format);
  }
});

/** The files that become of an app which uses the entry, the first one first. */
async function bundle(t, entry, options) {
  const folder = install(t);
  const { outputFiles, warnings } = await build({
    absWorkingDir: folder,
    stdin: { contents: APP.replace('TALKWIRE', entry), resolveDir: folder },
    bundle: true,
    minifyWhitespace: true,
    format: 'esm',
    outdir: join(folder, 'out'),
    write: false,
    logLevel: 'silent',
    ...options,
  });
  assert.deepEqual(warnings, []);
  const isFirst = ({ path }) => path.endsWith('stdin.js');
  return outputFiles.sort((one, other) => isFirst(other) - isFirst(one)).map(({ text }) => text);
}
