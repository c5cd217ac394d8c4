// The module and its glue call each other by names as short as can be: hashes do not compress.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/command.mjs';

const wasm = new WebAssembly.Module(readFileSync(join(root, 'pkg/talkwire_bg.wasm')));
const glue = readFileSync(join(root, 'pkg/talkwire.js'), 'utf8');
const imports = WebAssembly.Module.imports(wasm);
const exported = WebAssembly.Module.exports(wasm).map(({ name }) => name);

test('no name between them is longer than two letters, but for the memory’s', () => {
  const names = [...imports.flatMap(({ module, name }) => [module, name]), ...exported];
  const long = names.filter((name) => name.length > 2);
  assert.deepEqual(long, ['memory']);
});

test('the glue has all that the module imports, and asks for nothing that it does not export', () => {
  for (const { name } of imports) assert.ok(new RegExp(`^ {8}${name}: \\(`, 'm').test(glue), name);
  const asked = [...glue.matchAll(/\bwasm\.(\w+)/g)].map(([, name]) => name);
  const missing = asked.filter((name) => !exported.includes(name));
  assert.deepEqual(missing, []);
});
