// Builds pkg/: the WebAssembly module, the JavaScript side of it, and its bytes as a module for where no file is served.
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { targetFolder } from './cargo.mjs';
import { ask, root, run } from './command.mjs';
import { main } from './main.mjs';
import { withCargoTools } from './setup/cargo-tools.mjs';
import { forBuild, setup } from './setup.mjs';

const GLUE = ['talkwire.js', 'talkwire.d.ts'];
const WASM = 'talkwire_bg.wasm';
const INLINE = ['inline.js', 'inline.d.ts'];
const STAMP = '.inputs';

const inPkg = (name) => join(root, 'pkg', name);

/** Builds pkg/ unless it is there and made from these very sources. */
export async function build() {
  const inputs = fingerprint(['src', 'Cargo.toml', 'Cargo.lock', 'scripts/build.mjs']);
  if (isBuiltFrom(inputs)) return;
  // wasm-pack clears the folder it writes to and hides it from git and npm: pkg/ gets finished files only.
  const made = join(targetFolder, 'pkg');
  await bindgen(made);
  await optimise(join(made, WASM), inPkg(WASM));
  for (const name of GLUE) copyFileSync(join(made, name), inPkg(name));
  writeInline();
  writeFileSync(inPkg(STAMP), inputs);
}

function bindgen(folder) {
  const what = ['--target', 'web', '--profile', 'wasm', '--out-dir', folder];
  const args = ['build', root, ...what, '--no-pack', '--no-opt', '--mode', 'no-install'];
  const env = { ...withCargoTools(), ...withoutOurPaths() };
  return run('building the WebAssembly module', 'wasm-pack', args, { env });
}

/** What a panic says of its place is the same wherever this is built. */
function withoutOurPaths() {
  const places = {
    [process.env.CARGO_HOME ?? join(homedir(), '.cargo')]: 'cargo',
    [ask('rustc', ['--print', 'sysroot'])]: 'rust',
    [root]: 'talkwire/',
  };
  const flags = Object.entries(places).map(([ours, all]) => `--remap-path-prefix=${ours}=${all}`);
  return { CARGO_ENCODED_RUSTFLAGS: flags.join('\x1f') };
}

function optimise(from, to) {
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  const args = [wasmOpt, from, '-Oz', '--strip-debug', '--strip-producers', '-o', to];
  return run('making it small', process.execPath, args);
}

function writeInline() {
  const base64 = readFileSync(inPkg(WASM)).toString('base64');
  const decode = 'Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))';
  const code = `const base64 = '${base64}';\n\nexport const bytes = () => ${decode};\n`;
  writeFileSync(inPkg('inline.js'), code);
  writeFileSync(inPkg('inline.d.ts'), 'export function bytes(): Uint8Array;\n');
}

function isBuiltFrom(inputs) {
  if (![...GLUE, WASM, ...INLINE, STAMP].every((name) => existsSync(inPkg(name)))) return false;
  return readFileSync(inPkg(STAMP), 'utf8') === inputs;
}

function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap(sources).sort())
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function sources(path) {
  // src/js is shipped as it stands; nothing in pkg/ is made from it.
  if (path === 'src/js') return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => sources(`${path}/${name}`));
}

await main(import.meta, async () => {
  await setup(forBuild);
  await build();
  console.log('pkg/ is built.');
});
