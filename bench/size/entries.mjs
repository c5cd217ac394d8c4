// What each entry of the package costs the application that imports all of it.
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { root } from '../../scripts/command.mjs';
import { bundle } from '../support/bundle.mjs';
import { weigh } from './weigh.mjs';

const WASM = 'pkg/talkwire_bg.wasm';
const INLINE_BYTES = 'pkg/inline.js';
const LONG_POLLING = 'src/js/long-polling.js';
const FRAMEWORKS = ['react', 'react-dom', 'vue', 'svelte', 'solid-js'];

/** The bytes of every entry, by name. */
export async function entrySizes() {
  const sizes = {};
  for (const name of entryNames()) sizes[name] = await sizeOf(name);
  return sizes;
}

/**
 * The bytes of an entry: `first` is what a page loads before anything of it runs, `total` that and all else that every
 * browser loads, `fallback` what is loaded only where the wasm cannot be fetched, and `polling` what is loaded only
 * where a Socket.IO server cannot be reached over a WebSocket.
 */
async function sizeOf(entry) {
  const external = FRAMEWORKS.flatMap((name) => [name, `${name}/*`]);
  const { outputFiles, metafile } = await bundle('app', `export * from '${entry}';`, { external });
  const files = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), contents]));
  const bytes = (paths) => paths.map((path) => files.get(path));
  const { outputs } = metafile;

  const start = Object.keys(outputs).find((path) => outputs[path].entryPoint);
  const first = reach(outputs, [start], 'import-statement');
  const later = reach(outputs, first, 'import-statement', 'dynamic-import').slice(first.length);
  const has = (input) => (path) => Object.keys(outputs[path].inputs).includes(input);
  const [hasBytes, isPolling] = [has(INLINE_BYTES), has(LONG_POLLING)];
  const isSpare = (path) => hasBytes(path) || isPolling(path);
  const usesWasm = bytes([...first, ...later]).some((text) =>
    Buffer.from(text).includes(basename(WASM)),
  );
  const wasm = usesWasm && !first.some(hasBytes) ? [readFileSync(join(root, WASM))] : [];
  return {
    first: weigh(bytes(first)),
    wasm: weigh(wasm),
    total: weigh([...bytes([...first, ...later.filter((path) => !isSpare(path))]), ...wasm]),
    fallback: weigh(bytes(later.filter(hasBytes))),
    polling: weigh(bytes(later.filter(isPolling))),
  };
}

/** These files, and those that they lead to by imports of the given kinds. */
function reach(outputs, from, ...kinds) {
  const found = new Set(from);
  for (const path of found)
    for (const { path: next, kind, external } of outputs[path].imports)
      if (!external && kinds.includes(kind)) found.add(next);
  return [...found];
}

/** The names under which there is something to import. */
function entryNames() {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([path]) => name + path.slice(1));
}
