// A component under test in jest, whose jsdom has less than a browser: `talkwire/testing` and `talkwire/inline` bring what is missing.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pack } from './support/pack.mjs';

const SOURCE = fileURLToPath(new URL('jest-app', import.meta.url));
const PACKAGES = [
  'jest@30',
  'jest-environment-jsdom@30',
  '@testing-library/react@16',
  '@testing-library/dom@10',
  'react@19',
  'react-dom@19',
];

test('jest with jsdom runs talkwire/inline, and components with talkwire/testing', (t) => {
  const { folder, tarball } = pack(t);
  cpSync(SOURCE, folder, { recursive: true });
  const options = { cwd: folder, encoding: 'utf8' };
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES, tarball], {
    ...options,
    stdio: 'pipe',
  });
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
  const { status, stderr } = spawnSync(process.execPath, jest, options);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /2 passed, 2 total/);
});
