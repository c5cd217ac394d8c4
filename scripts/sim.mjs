// Lives through many random worlds and says what they came to: `npm run sim -- --seeds 100000`, or one: `--seed 7`.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from './command.mjs';
import { main } from './main.mjs';
import { forRust, setup } from './setup.mjs';

const TEST = 'random::whatever_the_network_does_every_promise_holds_in_the_end';

await main(import.meta, async () => {
  const { values } = parseArgs({
    options: { seeds: { type: 'string', default: '10000' }, seed: { type: 'string' } },
  });
  await setup(forRust);
  const started = performance.now();
  const { status } = spawnSync(
    'cargo',
    ['test', '--release', '--test', 'sim', '--', TEST, '--exact', '--nocapture'],
    {
      cwd: root,
      stdio: 'inherit',
      env: {
        ...process.env,
        TALKWIRE_SEEDS: values.seeds,
        ...(values.seed && { TALKWIRE_SEED: values.seed, TALKWIRE_LOG: '1' }),
      },
    },
  );
  console.log(`minutes ${((performance.now() - started) / 60_000).toFixed(1)}`);
  process.exitCode = status ?? 1;
});
