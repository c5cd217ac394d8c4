// The guide's code is written for the package as it is.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/command.mjs';
import { bin } from '../../scripts/test/runners.mjs';
import { install } from './support/pack.mjs';

const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));

test('the code of the guide compiles, strictly', (t) => {
  const folder = install(t, '@types', 'react');
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'strict.json'));
  const names = pages.flatMap((page) => {
    const blocks = readFileSync(join(root, 'docs', page), 'utf8').matchAll(
      /^```(tsx?)\n(.*?)^```$/gms,
    );
    return [...blocks].map(([, ending, code], n) => {
      const name = `${page}-${n}.${ending}`;
      writeFileSync(join(folder, name), code);
      return name;
    });
  });
  assert.ok(names.length > 0);
  const settings = { extends: './strict.json', include: ['*.ts', '*.tsx'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
  try {
    execFileSync(bin('tsc'), ['--project', folder], { encoding: 'utf8' });
  } catch ({ stdout }) {
    assert.fail(stdout);
  }
});
