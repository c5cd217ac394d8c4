// The Rust toolchain and what has to be added to it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, run } from '../command.mjs';
import { aptInstall, isDebianRoot } from './debian.mjs';
import { onPath } from './path.mjs';

const TARGET = 'wasm32-unknown-unknown';
const wanted = readFileSync(join(root, 'Cargo.toml'), 'utf8').match(/^rust-version = "(.+)"$/m)[1];

export const compiler = {
  name: `Rust ${wanted} or newer`,
  missing() {
    const version = ask('rustc', ['--version'])?.match(/\d+\.\d+/)?.[0];
    if (version === undefined) return 'there is no rustc on PATH';
    return isOlder(version, wanted) ? `rustc is ${version}` : null;
  },
  byHand: ['rustup update stable    # rustup itself comes from https://rustup.rs'],
};

export const linker = {
  name: 'a C compiler',
  why: 'Rust links native programs with it, and SQLite is built by it',
  missing: () => (onPath('cc') ? null : 'there is no cc on PATH'),
  canInstall: isDebianRoot,
  install: () => aptInstall('gcc', 'libc6-dev'),
  byHand: ['apt-get install gcc libc6-dev    # or your system’s C compiler'],
};

export const wasmTarget = {
  name: `Rust’s standard library for ${TARGET}`,
  why: 'the client is compiled to WebAssembly',
  missing() {
    const libraries = ask('rustc', ['--print', 'target-libdir', '--target', TARGET]);
    return libraries && existsSync(libraries) ? null : 'the toolchain does not have it';
  },
  canInstall: () => onPath('rustup') !== null,
  install: () => run(`rustup target add ${TARGET}`, 'rustup', ['target', 'add', TARGET]),
  byHand: [`rustup target add ${TARGET}`],
};

export const rustSource = {
  name: 'the source of Rust’s standard library',
  why: 'built for size, it makes the client a fifth smaller',
  without: 'Without it pkg/ is larger than what is published.',
  missing() {
    const sysroot = ask('rustc', ['--print', 'sysroot']);
    const lock = sysroot && join(sysroot, 'lib/rustlib/src/rust/library/Cargo.lock');
    return lock && existsSync(lock) ? null : 'the toolchain does not have it';
  },
  canInstall: () => onPath('rustup') !== null,
  install: () => run('rustup component add rust-src', 'rustup', ['component', 'add', 'rust-src']),
  byHand: ['rustup component add rust-src'],
};

export const lints = {
  name: 'clippy and rustfmt',
  why: 'the checks run them',
  missing() {
    const both = ask('cargo', ['clippy', '--version']) && ask('cargo', ['fmt', '--version']);
    return both ? null : 'the toolchain does not have both';
  },
  canInstall: () => onPath('rustup') !== null,
  install: () =>
    run('rustup component add clippy rustfmt', 'rustup', ['component', 'add', 'clippy', 'rustfmt']),
  byHand: ['rustup component add clippy rustfmt'],
};

function isOlder(version, than) {
  const [major, minor] = version.split('.').map(Number);
  const [wantedMajor, wantedMinor] = than.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
