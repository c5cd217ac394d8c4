// What every entry weighs for the application that imports it, beside the peers: `npm run size`.
import { build } from '../scripts/build.mjs';
import { Failure, main } from '../scripts/main.mjs';
import { peerPackages } from '../scripts/setup/npm-packages.mjs';
import { forBuild, setup } from '../scripts/setup.mjs';
import { budget, overBudget } from './size/budget.mjs';
import { entrySizes } from './size/entries.mjs';
import { items } from './size/items.mjs';
import { peerSizes } from './size/peers.mjs';
import { publish } from './support/results.mjs';
import { number, table } from './support/table.mjs';

/** Items that are listed. */
const LARGEST = 10;

await main(import.meta, async () => {
  await setup([...forBuild, peerPackages]);
  await build();
  const ours = await entrySizes();
  const theirs = await peerSizes();
  const largest = (await items()).slice(0, LARGEST);
  const figures = { ours, theirs, budget, largest };
  publish('size', { title: 'Bytes', text: text(ours, theirs, largest), figures });
  const problems = overBudget(ours);
  if (problems.length > 0) throw new Failure(problems.join('\n'));
});

function text(ours, theirs, largest) {
  const bytes = ({ raw, gzip, brotli }) => [raw, gzip, brotli].map(number);
  const entries = Object.entries(ours).flatMap(
    ([name, { first, wasm, total, fallback, polling }]) => [
      [name, 'before first paint', ...bytes(first), number(budget[name]?.first)],
      ...(wasm.raw ? [['', 'the wasm', ...bytes(wasm), '']] : []),
      ['', 'all that is loaded', ...bytes(total), number(budget[name]?.total)],
      ...(fallback.raw ? [['', 'where the wasm cannot be fetched', ...bytes(fallback), '']] : []),
      ...(polling.raw ? [['', 'where Socket.IO has no WebSocket', ...bytes(polling), '']] : []),
    ],
  );
  const rows = [
    ...Object.entries(ours).map(([name, { total }]) => [name, total]),
    ...Object.entries(theirs),
  ].sort(([, one], [, other]) => one.brotli - other.brotli);
  return `
Every entry with all its exports, and the least page of each peer, bundled and minified by esbuild; React is not
counted. gzip -9 and brotli -11, file by file. The budget is in brotli bytes.

${table(['entry', 'part', 'raw', 'gzip', 'brotli', 'budget'], entries, { left: 2 })}

${table(
  ['client', 'raw', 'gzip', 'brotli'],
  rows.map(([name, size]) => [name, ...bytes(size)]),
)}

The largest of what every browser loads, by where it comes from: the module's code, which counts where the compiler
has put it, and scripts as the bundler leaves them.

${table(
  ['from', 'what it is for', 'raw'],
  largest.map(({ item, raw, purpose }) => [item, purpose, number(raw)]),
  { left: 2 },
)}
`;
}
