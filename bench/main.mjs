// Measures: `npm run bench`, or some of it: `npm run bench -- synthetic start --pairs 30`.
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.mjs';
import { Failure, main } from '../scripts/main.mjs';
import { chromium } from '../scripts/setup/browser.mjs';
import { peerPackages } from '../scripts/setup/npm-packages.mjs';
import { forBuild, setup } from '../scripts/setup.mjs';
import { burst } from './suites/burst.mjs';
import { engine } from './suites/engine.mjs';
import { scale } from './suites/scale.mjs';
import { socket } from './suites/socket.mjs';
import { start } from './suites/start.mjs';
import { packets, synthetic } from './suites/synthetic.mjs';
import { inWords, machine } from './support/machine.mjs';
import { publish, write } from './support/results.mjs';

const suites = { synthetic, packets, socket, scale, burst, start, engine };
const QUICK_ROUNDS = 6;

await main(import.meta, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      pairs: { type: 'string', default: '30' },
      quick: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
    },
  });
  const rounds = values.quick ? QUICK_ROUNDS : Number(values.pairs);
  const chosen = positionals.length > 0 ? positionals : Object.keys(suites);
  const unknown = chosen.find((name) => !(name in suites));
  if (unknown !== undefined || !(rounds >= 1)) {
    const names = Object.keys(suites).join('|');
    throw new Failure(`npm run bench -- [${names}] [--pairs 30] [--quick] [--ours]`);
  }
  const needs = chosen.flatMap((name) => suites[name].needs ?? []);
  await setup([...forBuild, chromium, peerPackages, ...needs]);
  await build();
  for (const name of chosen) {
    const on = machine();
    const { title, measure, text } = suites[name];
    const result = (measured) => ({
      title,
      text: `${text(measured).trim()}\n\nMeasured on ${inWords(on)}.`,
      figures: { on, measured },
    });
    const keep = (measured) => write(name, result(measured));
    publish(name, result(await measure({ rounds, withPeers: !values.ours, keep })));
  }
});
