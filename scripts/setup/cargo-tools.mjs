// Build tools that Cargo installs, each version in its own folder of the cache.
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ask, root, run } from '../command.mjs';

const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'talkwire');

export const wasmBindgen = cargoTool({
  crate: 'wasm-bindgen-cli',
  program: 'wasm-bindgen',
  // Its output fits only the very same version of the library.
  version: lock.match(/name = "wasm-bindgen"\nversion = "(.+)"/)[1],
  why: 'it writes the JavaScript side of the WebAssembly module',
});

export const wasmPack = cargoTool({
  crate: 'wasm-pack',
  program: 'wasm-pack',
  version: '0.15.1',
  flags: ['--locked'],
  why: "it runs the WebAssembly module's tests in a browser",
});

export const cargoMutants = cargoTool({
  crate: 'cargo-mutants',
  program: 'cargo-mutants',
  version: '27.1.0',
  flags: ['--locked'],
  // A subcommand of Cargo's: it answers as one.
  subcommand: ['mutants'],
  why: 'it breaks the sources, so that the tests must notice',
});

/** An environment in which these tools are found first. */
export function withCargoTools() {
  const folders = [wasmBindgen, wasmPack, cargoMutants]
    .filter((tool) => tool.isCached())
    .map((tool) => tool.folder);
  return { PATH: [...folders, process.env.PATH].join(delimiter) };
}

function cargoTool({ crate, program, version, flags = [], subcommand = [], why }) {
  const home = join(cache, `${crate}-${version}`);
  const folder = join(home, 'bin');
  const isThis = (command) =>
    ask(command, [...subcommand, '--version'])
      ?.split(' ')
      .at(1) === version;
  const args = ['install', crate, '--version', `=${version}`, ...flags, '--root', home];
  return {
    name: `${crate} ${version}`,
    why,
    folder,
    isCached: () => isThis(join(folder, program)),
    missing() {
      return this.isCached() || isThis(program) ? null : 'it is not on PATH, nor in the cache';
    },
    install: () => run(`cargo install ${crate} ${version} (some minutes)`, 'cargo', args),
    byHand: [`cargo ${args.join(' ')}`],
  };
}
