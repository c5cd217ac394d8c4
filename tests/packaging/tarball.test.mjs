// npm drops a missing file without a word; so its list is checked.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { root } from '../../scripts/command.mjs';
import { install, pack } from './support/pack.mjs';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const targets = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'string' ? [entry] : Object.values(entry),
);

test('the tarball holds what package.json names, and no more', (t) => {
  const always = ['LICENSE', 'README.md', 'package.json'];
  assert.deepEqual(pack(t).files.sort(), [...manifest.files, ...always].sort());
});

test('every entry is in it', (t) => {
  const { files } = pack(t);
  const missing = targets.filter((target) => !files.includes(target.replace('./', '')));
  assert.deepEqual(missing, []);
});

test('every entry stands in alias, too: Parcel reads no exports unless it is told to', () => {
  const entries = Object.entries(manifest.exports).map(([name, to]) => [name, to.default ?? to]);
  const others = entries.filter(([name]) => !['.', './package.json'].includes(name));
  assert.deepEqual(manifest.alias, Object.fromEntries(others));
  assert.equal(manifest.main, manifest.exports['.'].default);
});

test('whatever an entry imports is in it', async (t) => {
  const folder = install(t, 'react');
  const { errors } = await build({
    absWorkingDir: folder,
    entryPoints: targets
      .filter((target) => target.endsWith('.js'))
      .map((target) => join(folder, 'node_modules/talkwire', target)),
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    external: ['react', 'vue', 'svelte', 'solid-js'],
    logLevel: 'silent',
  });
  assert.deepEqual(errors, []);
});

test('the module does not tell where it was built', () => {
  const wasm = readFileSync(join(root, 'pkg/talkwire_bg.wasm'), 'latin1');
  for (const place of [root, homedir()]) assert.ok(!wasm.includes(place), `it names ${place}`);
});
