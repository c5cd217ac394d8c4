// Rounds in which everybody has a turn, so that whatever slows the machine down slows all of them.
import { progress } from '../../scripts/progress.mjs';
import { pairedRatios, summary } from './statistics.mjs';

/**
 * Measures each of `names` once a round, in an order that differs from round to round. Resolves with all that
 * `measure(name)` resolved with, by name.
 */
export async function interleaved(title, names, rounds, measure) {
  const shown = progress(title);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const rotated = names.map((_, index) => names[(index + round) % names.length]);
    for (const name of round % 2 === 0 ? rotated : rotated.reverse()) {
      shown.says(`round ${round + 1} of ${rounds}, ${name}`);
      samples[name].push(await measure(name));
    }
  }
  shown.ends('done');
  return samples;
}

/** Each one's median, and its ratio to `base`, round by round; of one figure where several were measured. */
export function compared(samples, base, figure = (sample) => sample) {
  const partners = samples[base].map(figure);
  return Object.fromEntries(
    Object.entries(samples).map(([name, all]) => {
      const values = all.map(figure);
      return [name, { ...summary(values), ratio: summary(pairedRatios(values, partners)) }];
    }),
  );
}
