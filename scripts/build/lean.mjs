// The glue without what src/js never asks of it, for as many instances of the module as there will be.
import { Failure } from '../main.mjs';

/** Each instance has the whole glue for itself: what an older one left behind cannot call into a newer one. */
const BEGINNING = `export let Core;
let module;

/** Instantiates the module, of which src/js/instance.js has the bytes or what was compiled. */
export default async function instantiate(source) {
    const { imports, begin } = bind();
    const made = await WebAssembly.instantiate(source, imports);
    module = made.module ?? source;
    begin(made.instance ?? made);
}

/** Instantiates it again. */
export function renew() {
    const { imports, begin } = bind();
    begin(new WebAssembly.Instance(module, imports));
}

function bind() {
`;
const END = `let wasm;

const begin = (instance) => {
    wasm = instance.exports;
    wasm.__wbindgen_start();
    Core = OwnCore;
};
return { imports: __wbg_get_imports(), begin };
}
`;

/** A method that says what it passes on in the call itself. */
const direct = (method) => {
  const values = new Map();
  const rest = method.replace(
    /^ +(?:const )?((?:val|ptr|len)\d) = \+?(.*);\n/gm,
    (_, name, value) => {
      values.set(name, value);
      return '';
    },
  );
  return rest.replace(/\b(?:val|ptr|len)\d\b/g, (name) => values.get(name));
};

/** What wasm-bindgen writes, and what stands there instead. */
const CHANGES = [
  [/^/, BEGINNING],
  [/^export class Core /m, 'class OwnCore '],
  [/^let wasmModule, wasmInstance, wasm;\n.*/ms, END],
  // Rust’s side of everything has its end by hand; and it holds the host, from which all the rest can be reached.
  [/^const \w+ = \(typeof FinalizationRegistry.*?\);\n(?![ }])/gms, ''],
  [/^ +(?:CoreFinalization|CLOSURE_DTORS)\.\w+\(.*\n/gm, ''],
  [/^if \(Symbol\.dispose\).*\n/m, ''],
  // Browsers without these have no WebAssembly as this one is, either.
  [/^if \(!\('encodeInto' in cachedTextEncoder\)\) \{.*?^\}\n/ms, ''],
  [/^ {4}if \(realloc === undefined\) \{.*?^ {4}\}\n/ms, ''],
  // Where there is no memory left, the instance has broken.
  [/^ {8}try \{\n((?: {12}.*\n)+) {8}\} catch \(e\) \{\n(?: {12}.*\n)+ {8}\}\n/gm, '$1'],
  [/, wasm\.__wbindgen_malloc(, wasm\.__wbindgen_realloc)?\)/g, ')'],
  [/^(function pass\w+\(\w+), malloc(?:, realloc)?\)/gm, '$1)'],
  [/ (?=(?:m|re)alloc\()/g, ' wasm.__wbindgen_'],
  [/^ {8}let ptr0,.*\n/gm, ''],
  [/^ {4}\w+\(.*\) \{\n(?: {8}.*\n)+ {4}\}$/gm, direct],
  [/(\w+)\.buffer\.detached === true \|\| \(.*(\1\.buffer !== wasm\.memory\.buffer)\)/g, '$2'],
  // Arrows are shorter.
  [
    /: function\(\) \{ return handleError\(function \((.*)\) \{$/gm,
    ': ($1) => handleError(() => {',
  ],
  [/^( {8}\}), arguments\); \},$/gm, '$1),'],
  [/^( {4})try \{\n {8}return f\.apply\(this, args\);/m, '$1try {\n        return f();'],
  [/(?<=^ {8}\w+): function\((.*)\) \{$/gm, ': ($1) => {'],
];

/** The glue as it is published. */
export const lean = (glue) =>
  CHANGES.reduce((text, [theirs, ours]) => {
    if (text.search(theirs) < 0) throw new Failure(`the glue of wasm-bindgen has no ${theirs}`);
    return text.replace(theirs, ours);
  }, glue);
