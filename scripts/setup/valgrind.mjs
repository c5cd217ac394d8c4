// Valgrind, which counts instructions.
import { aptInstall, isDebianRoot } from './debian.mjs';
import { onPath } from './path.mjs';

export const valgrind = {
  name: 'valgrind',
  why: 'it counts the instructions of the engine',
  missing: () => (onPath('valgrind') ? null : 'it is not on PATH'),
  canInstall: isDebianRoot,
  install: () => aptInstall('valgrind'),
  byHand: ['apt-get install valgrind    # or your system’s'],
};
