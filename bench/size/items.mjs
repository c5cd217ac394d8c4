// What the bytes that every browser loads are for: by the file they come from, which says so in its first line.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Reader, sectionsOf } from '../../scripts/build/wasm.mjs';
import { named } from '../../scripts/build.mjs';
import { root } from '../../scripts/command.mjs';
import { bundle } from '../support/bundle.mjs';

const CUSTOM = 0;
const IMPORTS = 2;
const CODE = 10;
const DATA = 11;
const FUNCTION_NAMES = 1;

const OTHERS = {
  'pkg/talkwire.js':
    'what wasm-bindgen writes: JavaScript’s side of every call into the module and out of it',
  'core, alloc, std':
    'Rust’s standard library, with what it makes for our types: collections, ends of values',
  rlsf: 'the allocator',
  'wasm-bindgen, futures': 'values and closures of JavaScript',
  serde: 'counters and transitions as JavaScript values',
  'texts and constants': 'what errors say, names of options and of frames’ fields',
};
const CRATES = {
  core: 'core, alloc, std',
  alloc: 'core, alloc, std',
  std: 'core, alloc, std',
  rlsf: 'rlsf',
  __rustc: 'rlsf',
  serde_core: 'serde',
  serde_wasm_bindgen: 'serde',
};

/** `{ item, raw, purpose }` of everything, the largest first; of the module that is the code and the data. */
export async function items() {
  const sizes = new Map();
  const add = (item, bytes) => sizes.set(item, (sizes.get(item) ?? 0) + bytes);
  for (const [path, bytes] of await scripts()) add(path, bytes);
  const { functions, dataBytes } = read(await named());
  const fileOf = definitions();
  for (const { name, bytes } of functions) add(origin(name, fileOf), bytes);
  add('texts and constants', dataBytes);
  return [...sizes]
    .map(([item, raw]) => ({ item, raw, purpose: OTHERS[item] ?? purposeOf(item) }))
    .sort((one, other) => other.raw - one.raw);
}

/** What becomes of every script in a bundle, but for the spare bytes of the module. */
async function scripts() {
  const { metafile } = await bundle('app', "export * from 'talkwire';");
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .filter(([path]) => /^(src|pkg)\//.test(path) && path !== 'pkg/inline.js')
    .map(([path, { bytesInOutput }]) => [path, bytesInOutput]);
}

/** The functions of a module with their names, and how much data it has. */
function read(wasm) {
  const names = new Map();
  let imported = 0;
  let sizes = [];
  let dataBytes = 0;
  for (const { id, body } of sectionsOf(wasm)) {
    const reader = new Reader(body);
    if (id === IMPORTS) imported = reader.number();
    else if (id === DATA) dataBytes = body.length;
    else if (id === CODE) sizes = list(reader, () => reader.bytes(reader.number()).length);
    else if (id === CUSTOM && text(reader) === 'name') readNames(body.subarray(reader.at), names);
  }
  const functions = sizes.map((bytes, index) => ({
    bytes,
    name: names.get(imported + index) ?? '',
  }));
  return { functions, dataBytes };
}

function readNames(body, names) {
  const reader = new Reader(body);
  while (reader.at < body.length) {
    const kind = reader.number();
    const entries = new Reader(reader.bytes(reader.number()));
    if (kind === FUNCTION_NAMES) list(entries, () => names.set(entries.number(), text(entries)));
  }
}

const list = (reader, each) => Array.from({ length: reader.number() }, each);
const text = (reader) => reader.bytes(reader.number()).toString();

/** Where a function is from. Rules of the client stand in many files, each known by the names of its methods. */
function origin(name, fileOf) {
  const path = name.replaceAll(/\[[0-9a-f]+\]/g, '');
  if (/^core_/.test(path)) return 'src/web/mod.rs';
  const method = /engine::client::Client<[^>]*>>::(\w+)/.exec(path)?.[1];
  const [, crate, module] = /^[<&]*(?:mut )?(\w+)(?:::((?:[a-z]\w*::)*))?/.exec(path) ?? [];
  if (crate !== 'talkwire') return CRATES[crate] ?? 'wasm-bindgen, futures';
  const [layer, file = 'mod'] = module.split('::').filter(Boolean);
  return fileOf.get(method) ?? `src/${layer}/${file}.rs`;
}

/** The files of the engine by the names of the client’s methods. */
function definitions() {
  const folder = 'src/engine';
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.rs'));
  return new Map(
    files.flatMap((name) => {
      const [, code = ''] = source(`${folder}/${name}`).split(/^impl<.*> Client<P> \{/m);
      return [...code.matchAll(/^ {4}.*\bfn (\w+)/gm)].map(([, method]) => [
        method,
        `${folder}/${name}`,
      ]);
    }),
  );
}

/** What a file says of itself, up to the first full stop. */
const purposeOf = (path) => /^\/[/*]+!? ?(.*?)(?:\.? \*\/|\. .*|\.?)$/m.exec(source(path))[1];
const source = (path) => readFileSync(join(root, path), 'utf8');
