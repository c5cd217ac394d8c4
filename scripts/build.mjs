// Builds pkg/: the WebAssembly module, the JavaScript side of it, and its bytes as a module for where no file is served.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { namedByLikeness } from './build/alike.mjs';
import { lean } from './build/lean.mjs';
import { shortNames } from './build/short-names.mjs';
import { targetFolder } from './cargo.mjs';
import { ask, root, run } from './command.mjs';
import { Failure, main } from './main.mjs';
import { withCargoTools } from './setup/cargo-tools.mjs';
import { rustSource } from './setup/rust.mjs';
import { forBuild, setup } from './setup.mjs';

const GLUE = 'talkwire.js';
const WASM = 'talkwire_bg.wasm';
const INLINE = 'inline.js';
const STAMP = '.inputs';
const TARGET = 'wasm32-unknown-unknown';
const PROFILE = 'wasm';

/** With a standard library that is built for size as well, and panics that are a trap and nothing more. */
const FOR_SIZE = {
  name: 'for size',
  title: 'building the WebAssembly module for size',
  flags: ['-Cpanic=immediate-abort', '-Zunstable-options'],
  args: ['-Zbuild-std=std,panic_abort', '-Zbuild-std-features=optimize_for_size'],
  // Both are unstable, and a stable compiler takes them only so.
  env: { RUSTC_BOOTSTRAP: '1' },
};
/** With the standard library that comes with the toolchain. */
const PLAIN = {
  name: 'plain',
  title: 'building the WebAssembly module',
  flags: [],
  args: [],
  env: {},
};

/** What counts is how it compresses: what is alike is to stay alike, and to stand together. */
const SMALL = [
  '-Oz',
  '--converge',
  // What lies below 1024 is the end of the stack.
  '--low-memory-unused',
  '--one-caller-inline-max-function-size=30',
  '--always-inline-max-function-size=4',
  '--skip-pass=local-cse',
  '--reorder-functions-by-name',
];
/** Without what only people read. */
const BARE = ['--strip-debug', '--strip-producers'];

const OURS = ['src', 'Cargo.toml', 'Cargo.lock', 'scripts/build.mjs', 'scripts/build'];

/** pkg/ gets finished files only. */
const made = join(targetFolder, 'pkg');
const inPkg = (name) => join(root, 'pkg', name);

/** Builds pkg/ unless it is there and made from these very sources. */
export async function build() {
  const inputs = fingerprint(OURS);
  if (isBuiltFrom(inputs)) return;
  const kind = await bindgen(inputs);
  const small = join(made, 'small.wasm');
  await optimise('making it small', join(made, WASM), small, [...SMALL, ...BARE]);
  writeFileSync(small, namedByLikeness(readFileSync(small)));
  await optimise('ordering it', small, small, ['--reorder-functions-by-name', ...BARE]);
  const glue = lean(readFileSync(join(made, GLUE), 'utf8'));
  const short = shortNames(readFileSync(small), glue);
  writeFileSync(inPkg(WASM), short.wasm);
  writeFileSync(inPkg(GLUE), short.glue);
  writeInline();
  writeFileSync(inPkg(STAMP), `${inputs} ${kind.name}`);
}

/** The module as it is, but with the names of its functions. */
export async function named() {
  const file = join(made, 'named.wasm');
  const inputs = fingerprint(OURS);
  const stamp = join(made, STAMP);
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) await bindgen(inputs);
  await optimise('naming what it is made of', join(made, WASM), file, [...SMALL, '--debuginfo']);
  return readFileSync(file);
}

/** Whether what stands in pkg/ is as it is published. */
export const isForSize = () => readFileSync(inPkg(STAMP), 'utf8').endsWith(FOR_SIZE.name);

/** Makes the module as it is before it is made small. Resolves with the kind of build that was possible. */
async function bindgen(inputs) {
  const kind = await compileAsCan();
  writeFileSync(join(made, STAMP), inputs);
  return kind;
}

async function compileAsCan() {
  if (rustSource.missing() === null) {
    try {
      return await compile(FOR_SIZE);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      console.log(`${error.message}. ${rustSource.without}`);
    }
  }
  return compile(PLAIN);
}

async function compile(kind) {
  const flags = [...kind.flags, ...withoutOurPaths()].join('\x1f');
  const env = { ...withCargoTools(), ...kind.env, CARGO_ENCODED_RUSTFLAGS: flags };
  // What is built as a library of Rust's, too, Cargo does not optimise as a whole.
  const how = ['--lib', '--crate-type', 'cdylib', '--target', TARGET, '--profile', PROFILE];
  await run(kind.title, 'cargo', ['rustc', ...how, ...kind.args], { env });
  const compiled = join(targetFolder, TARGET, PROFILE, 'talkwire.wasm');
  // src/js says where the module is: the application's bundler must find it there, and only once.
  const what = ['--target', 'web', '--no-typescript', '--omit-default-module-path'];
  await run('joining it to JavaScript', 'wasm-bindgen', [compiled, ...what, '--out-dir', made], {
    env,
  });
  return kind;
}

/** What a panic says of its place is the same wherever this is built. */
function withoutOurPaths() {
  const places = {
    [process.env.CARGO_HOME ?? join(homedir(), '.cargo')]: 'cargo',
    [ask('rustc', ['--print', 'sysroot'])]: 'rust',
    [root]: 'talkwire/',
  };
  return Object.entries(places).map(([ours, all]) => `--remap-path-prefix=${ours}=${all}`);
}

function optimise(title, from, to, how) {
  const wasmOpt = join(root, 'node_modules/binaryen/bin/wasm-opt');
  return run(title, process.execPath, [wasmOpt, from, ...how, '-o', to]);
}

function writeInline() {
  const base64 = readFileSync(inPkg(WASM)).toString('base64');
  const decode = 'Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))';
  const code = `const base64 = '${base64}';\n\nexport const bytes = () => ${decode};\n`;
  writeFileSync(inPkg(INLINE), code);
}

function isBuiltFrom(inputs) {
  if (![GLUE, WASM, INLINE, STAMP].every((name) => existsSync(inPkg(name)))) return false;
  return readFileSync(inPkg(STAMP), 'utf8').startsWith(inputs);
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
