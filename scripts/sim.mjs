// Lives through many random worlds and says what they came to: `npm run sim -- --seeds 100000`, others with
// `--from 100000`. Or through one: `--seed 7` shows what happens in it; where it breaks a promise, by the fewest acts
// that do.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './command.mjs';
import { main } from './main.mjs';
import { forRust, setup } from './setup.mjs';

const TEST = 'random::whatever_the_network_does_every_promise_holds';

await main(import.meta, async () => {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '0' },
      seed: { type: 'string' },
    },
  });
  await setup(forRust);
  const env = { ...process.env, TALKWIRE_SEEDS: values.seeds, TALKWIRE_FROM: values.from };
  if (values.seed) env.TALKWIRE_SEED = values.seed;
  const cargo = (...args) =>
    spawnSync('cargo', ['test', '--release', '--test', 'sim', ...args], {
      cwd: root,
      stdio: 'inherit',
      env,
    });
  if (cargo('--no-run').status !== 0) {
    process.exitCode = 1;
    return;
  }
  const started = performance.now();
  process.exitCode = cargo('--', TEST, '--exact', '--nocapture').status ?? 1;
  console.log(`minutes ${((performance.now() - started) / 60_000).toFixed(1)}`);
});
