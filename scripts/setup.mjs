// Checks what the other scripts need and installs what is missing. Plain Node: it runs before there is anything else.
import { Failure, main } from './main.mjs';
import { chromium } from './setup/browser.mjs';
import { wasmBindgen, wasmPack } from './setup/cargo-tools.mjs';
import {
  examplesPackages,
  interopPackages,
  npmPackages,
  react18Packages,
  toolPackages,
} from './setup/npm-packages.mjs';
import { redis } from './setup/redis.mjs';
import { compiler, linker, lints, rustSource, wasmTarget } from './setup/rust.mjs';

export const forRust = [compiler, linker];
export const forBuild = [...forRust, wasmTarget, rustSource, wasmBindgen, npmPackages];
export const forWasm = [...forRust, wasmTarget, wasmBindgen, wasmPack];

const ready = new Set();

/** Makes every part available, or fails with what to do by hand; says so of a part that one can do without. */
export async function setup(parts) {
  for (const part of parts) {
    if (!ready.has(part)) await provide(part).catch((error) => doWithout(part, error));
    ready.add(part);
  }
}

async function provide(part) {
  const reason = part.missing();
  if (reason === null) return;
  const installable = part.install && (part.canInstall?.() ?? true);
  if (!installable) throw byHand(part, `talkwire needs ${part.name}: ${reason}.`);

  console.log(`talkwire needs ${part.name} (${part.why}), but ${reason}. Installing:`);
  try {
    await part.install();
  } catch (error) {
    throw byHand(part, `${part.name} could not be installed: ${error.message}`, error.output);
  }
  const still = part.missing();
  if (still !== null) throw byHand(part, `${part.name} was installed, but ${still}.`);
}

function doWithout(part, error) {
  if (!part.without) throw error;
  console.log(`${error.message}\n${part.without}`);
}

function byHand(part, message, output) {
  const steps = part.byHand.map((line) => `  ${line}`).join('\n');
  return new Failure(`${message}\nDo this by hand, then try again:\n${steps}`, output);
}

await main(import.meta, async () => {
  await setup([
    ...forBuild,
    wasmPack,
    lints,
    chromium,
    interopPackages,
    redis,
    react18Packages,
    ...examplesPackages,
    toolPackages,
  ]);
  console.log('Everything that building and testing need is here.');
});
