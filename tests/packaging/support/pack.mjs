// The package, until a test ends.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/command.mjs';
import { packInto, unpackInto } from '../../../scripts/pack.mjs';
import { newFolder } from './app.mjs';

/** Packs what is built; the folder it lies in is removed when the test `t` ends. */
export function pack(t) {
  const folder = newFolder(t);
  return { folder, ...packInto(folder) };
}

/** Installs the package beside the named ones of ours; returns the folder of an app that has it. */
export function install(t, ...others) {
  const { folder, tarball } = pack(t);
  unpackInto(folder, tarball);
  for (const name of others)
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  return folder;
}
