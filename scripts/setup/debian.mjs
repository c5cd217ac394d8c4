// System packages, on Debian and as root; elsewhere the person is told what to install.
import { existsSync, readFileSync } from 'node:fs';
import { run } from '../command.mjs';

const RELEASE = '/etc/os-release';

export function isDebianRoot() {
  if (process.getuid?.() !== 0 || !existsSync(RELEASE)) return false;
  return /^ID=debian$/m.test(readFileSync(RELEASE, 'utf8'));
}

export async function aptInstall(...packages) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const args = ['install', '-y', '--no-install-recommends', ...packages];
  await run('apt-get update', 'apt-get', ['update'], { env });
  await run(`apt-get install ${packages.join(' ')}`, 'apt-get', args, { env });
}
