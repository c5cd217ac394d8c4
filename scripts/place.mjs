// Puts talkwire into an example as npm would: some bundlers do not follow links out of a project.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './command.mjs';

/** Packs what is built, and unpacks it among the modules of `folder`. */
export function placeTalkwire(folder) {
  const place = mkdtempSync(join(tmpdir(), 'talkwire-'));
  const target = join(folder, 'node_modules/talkwire');
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', place];
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
  const [{ filename }] = JSON.parse(execFileSync('npm', args, options));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(place, filename), '--strip-components=1', '-C', target]);
  rmSync(place, { recursive: true });
}
