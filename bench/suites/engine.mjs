// The engine's own work for whatever can happen, by the number of conversations: it should not matter.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targetFolder } from '../../scripts/cargo.mjs';
import { attempt, run } from '../../scripts/command.mjs';
import { Failure } from '../../scripts/main.mjs';
import { valgrind } from '../../scripts/setup/valgrind.mjs';
import { number, spread, table } from '../support/table.mjs';

const CONVERSATIONS = [10, 1_000, 100_000];
const TIMES = 10_000;

export const engine = {
  title: 'The engine, by the number of conversations',
  needs: [valgrind],

  async measure() {
    await run('timing the engine', 'cargo', ['bench', '--bench', 'engine']);
    await run('building it to be counted', 'cargo', [
      'build',
      '--release',
      '--example',
      'instructions',
    ]);
    const program = join(targetFolder, 'release/examples/instructions');
    const names = (await run('what can happen', program, [])).trim().split('\n');
    const figures = [];
    for (const [index, name] of names.entries()) {
      const instructions = [];
      for (const conversations of CONVERSATIONS) {
        const title = `${name}, ${conversations} conversations`;
        instructions.push(await count(title, program, [index, conversations, TIMES]));
      }
      figures.push({
        name,
        instructions,
        ns: CONVERSATIONS.map((conversations) => timed(name, conversations)),
      });
    }
    return figures;
  },

  text: (figures) => `
The native build. All that the engine wishes for is taken out, and each event is in another conversation than the one
before, so that with many of them none is found in the processor's cache.

${tableOf(figures, 'instructions', (count) => number(Math.round(count)))}

Instructions as valgrind counts them: the same on every run.

${tableOf(figures, 'ns', spread)}

Nanoseconds, the median and its 95 % interval, as criterion measures them (\`cargo bench\`).
`,
};

function tableOf(figures, what, cell) {
  const rows = figures.map((figure) => [figure.name, ...figure[what].map(cell)]);
  return table([what, ...CONVERSATIONS.map(number)], rows);
}

/** What criterion has written of it. */
function timed(name, conversations) {
  const file = join(targetFolder, 'criterion', name, String(conversations), 'new/estimates.json');
  const { median } = JSON.parse(readFileSync(file, 'utf8'));
  const { lower_bound: low, upper_bound: high } = median.confidence_interval;
  return { median: median.point_estimate, low, high };
}

/** The instructions of one event. */
async function count(title, program, args) {
  const { output, problem } = await attempt(title, 'valgrind', [
    '--tool=callgrind',
    '--callgrind-out-file=/dev/null',
    '--collect-atstart=no',
    '--toggle-collect=instructions::measured*',
    program,
    ...args.map(String),
  ]);
  const collected = Number(output.match(/Collected : (\d+)/)?.[1] ?? 0);
  if (problem || collected === 0)
    throw new Failure(problem ?? `${title}: nothing was counted`, output);
  return collected / TIMES;
}
