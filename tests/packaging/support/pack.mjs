// The package as npm would publish it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/command.mjs';

/** Packs what is built; the folder it lies in is removed when the test `t` ends. */
export function pack(t) {
  const folder = mkdtempSync(join(tmpdir(), 'talkwire-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const [{ filename, files }] = JSON.parse(execFileSync('npm', args, options));
  return { folder, tarball: join(folder, filename), files: files.map((file) => file.path) };
}

/** Installs the package beside the named ones of ours; returns the folder of an app that has it. */
export function install(t, ...others) {
  const { folder, tarball } = pack(t);
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'talkwire'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'talkwire')]);
  for (const name of others) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  return folder;
}
