// Redis, over which the tests join two Socket.IO servers.
import { aptInstall, isDebianRoot } from './debian.mjs';
import { onPath } from './path.mjs';

export const redis = {
  name: 'redis-server',
  why: 'two Socket.IO servers are joined over it',
  missing: () => (onPath('redis-server') ? null : 'it is not on PATH'),
  canInstall: isDebianRoot,
  install: () => aptInstall('redis-server'),
  byHand: [
    'apt-get install redis-server    # Debian, as root; elsewhere your system’s, or valkey under that name',
  ],
};
