// Checks what the other scripts need and installs what is missing. Plain Node: it runs before there is anything else.
import { pathToFileURL } from 'node:url';
import { chromium } from './setup/browser.mjs';
import { wasmBindgen, wasmPack } from './setup/cargo-tools.mjs';
import { npmPackages } from './setup/npm-packages.mjs';
import { compiler, linker, lints, wasmTarget } from './setup/rust.mjs';

export const forBuild = [compiler, linker, wasmTarget, npmPackages, wasmBindgen, wasmPack];
export const forTests = [...forBuild, lints, chromium];

/** Makes every part available, or ends the process with what to do by hand. */
export async function setup(parts) {
  for (const part of parts) {
    const reason = part.missing();
    if (reason === null) continue;
    const installable = part.install && (part.canInstall?.() ?? true);
    if (!installable) giveUp(part, `talkwire needs ${part.name}: ${reason}.`);
    console.log(`talkwire needs ${part.name} (${part.why}), but ${reason}. Installing:`);
    try {
      await part.install();
    } catch (error) {
      console.error(error.output ?? '');
      giveUp(part, `${part.name} could not be installed: ${error.message}`);
    }
    const still = part.missing();
    if (still !== null) giveUp(part, `${part.name} was installed, but ${still}.`);
  }
}

function giveUp(part, message) {
  const steps = part.byHand.map((line) => `  ${line}`).join('\n');
  console.error(`\n${message}\nDo this by hand, then try again:\n${steps}`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await setup(forTests);
  console.log('Everything that building and testing need is here.');
}
