// The glue without what src/js never asks of it.
import { Failure } from '../main.mjs';

/** src/js/instance.js has the module's bytes, or the module itself: nothing is to be fetched. */
const LOADING = `async function __wbg_load(module, imports) {
    const instance = await WebAssembly.instantiate(module, imports);
    return instance instanceof WebAssembly.Instance ? { instance, module } : instance;
}
`;
const BEGINNING = `async function __wbg_init_once({ module_or_path }) {
    const { instance, module } = await __wbg_load(module_or_path, __wbg_get_imports());
    return __wbg_finalize_init(instance, module);
}
`;

/** The glue as it is published. */
export const lean = (glue) =>
  [LOADING, BEGINNING].reduce((text, own) => {
    const [, name] = /^async function (\w+)/.exec(own);
    const theirs = new RegExp(`^async function ${name}\\(.*?^}\\n`, 'ms');
    if (!theirs.test(text)) throw new Failure(`the glue of wasm-bindgen has no ${name}`);
    return text.replace(theirs, () => own);
  }, glue);
