// The border that the crate is built on: natively, nothing of the browser is among its dependencies.
import { attempt } from '../command.mjs';

const BROWSER = /\b(wasm-bindgen\S*|web-sys|js-sys|gloo-\S+|serde-wasm-bindgen) v/g;

export async function pureEngine() {
  const tree = ['tree', '-p', 'talkwire', '--target', 'x86_64-unknown-linux-gnu', '-e', 'normal'];
  const { problem, output } = await attempt('no browser in the native tree', 'cargo', tree);
  const named = [...output.matchAll(BROWSER)].map(([, name]) => name);
  const leak = named.length > 0 ? `natively, talkwire depends on ${named.join(', ')}` : null;
  const passed = problem || leak ? 0 : 1;
  return { problem: problem ?? leak, output, passed, failed: 1 - passed, skipped: 0 };
}
