// What package-lock.json lists, in node_modules.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../command.mjs';

export const npmPackages = {
  name: 'npm packages',
  why: 'the build and the checks use them',
  missing() {
    const installed = join(root, 'node_modules/.package-lock.json');
    if (!existsSync(installed)) return 'there is no node_modules';
    const wanted = versions(join(root, 'package-lock.json'));
    const present = versions(installed);
    // An optional package is for some platforms only.
    const stale = Object.entries(wanted).find(
      ([path, { version, optional }]) => present[path]?.version !== version && !optional,
    );
    return stale ? `${stale[0]} is not the one in package-lock.json` : null;
  },
  install: () => run('npm ci', 'npm', ['ci', '--no-audit', '--no-fund']),
  byHand: ['npm ci'],
};

function versions(lockFile) {
  const { '': _ourselves, ...packages } = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  return packages;
}
