// The package as npm would publish it, and where npm would put it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';

/** Packs what is built into a folder; gives the tarball, and the names of the files in it. */
export function packInto(folder) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const [{ filename, files }] = JSON.parse(execFileSync('npm', args, options));
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** Unpacks a tarball among the modules of an app, in the place of what stands there. */
export function unpackInto(app, tarball) {
  const target = join(app, 'node_modules/talkwire');
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
}

/** Puts talkwire into an app of this repository: some bundlers do not follow links out of a project. */
export function placeTalkwire(app) {
  const folder = mkdtempSync(join(tmpdir(), 'talkwire-'));
  unpackInto(app, packInto(folder).tarball);
  rmSync(folder, { recursive: true });
}
