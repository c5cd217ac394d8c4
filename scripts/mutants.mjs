// Breaks the engine and the protocol in every small way, one at a time: some test must notice each.
// `npm run mutants` takes an hour or more; `npm run mutants -- -f src/engine/view.rs` asks about one file.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targetFolder } from './cargo.mjs';
import { root } from './command.mjs';
import { main } from './main.mjs';
import { cargoMutants, withCargoTools } from './setup/cargo-tools.mjs';
import { forRust, setup } from './setup.mjs';

const EVERYWHERE = ['-f', 'src/engine/**', '-f', 'src/protocol/**'];
const OUTCOMES = ['caught', 'timeout', 'unviable', 'missed'];
// What cargo-mutants ends with where it came to the end, whatever the tests noticed.
const ENDED = [0, 2, 3];

await main(import.meta, async () => {
  await setup([...forRust, cargoMutants]);
  const given = process.argv.slice(2);
  const files = given.some((arg) => /^(-f|--file)/.test(arg)) ? [] : EVERYWHERE;
  const args = ['mutants', '--no-shuffle', '--output', targetFolder, ...files, ...given];
  const { status } = spawnSync('cargo', args, { cwd: root, stdio: 'inherit', env: environment() });
  if (!ENDED.includes(status)) process.exitCode = status ?? 1;
  else report();
});

function environment() {
  // Each copy of the sources that is broken has a target folder of its own, and nobody debugs it.
  const { CARGO_TARGET_DIR: _, ...env } = process.env;
  return { CARGO_MUTANTS_JOBS: '2', CARGO_PROFILE_DEV_DEBUG: 'false', ...env, ...withCargoTools() };
}

function report() {
  const found = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, mutants(outcome)]));
  const all = OUTCOMES.reduce((count, outcome) => count + found[outcome].length, 0);
  console.log(`\n${'mutants'.padEnd(12)}${String(all).padStart(6)}`);
  for (const outcome of OUTCOMES)
    console.log(`${outcome.padEnd(12)}${String(found[outcome].length).padStart(6)}`);
  for (const missed of found.missed) console.log(`  ${missed}`);
  if (found.missed.length > 0) {
    console.log('Write a test that notices, or name it in .cargo/mutants.toml with the reason.');
    process.exitCode = 1;
  }
}

function mutants(outcome) {
  const text = readFileSync(join(targetFolder, 'mutants.out', `${outcome}.txt`), 'utf8');
  return text.split('\n').filter(Boolean);
}
