// What two well-known checkers say of the package as people would install it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { root } from '../../scripts/command.mjs';
import { pack } from './support/pack.mjs';

test('publint has nothing to say', async (t) => {
  const tarball = new Uint8Array(readFileSync(pack(t).tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('the types of every entry resolve, for those who use modules', (t) => {
  const attw = join(root, 'node_modules/.bin/attw');
  const args = [
    pack(t).tarball,
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    './talkwire.wasm',
  ];
  const { status, stdout } = spawnSync(attw, args, { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});
