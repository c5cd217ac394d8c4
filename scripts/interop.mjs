// Talks to the real servers and shows what came of it, a column each: `npm run interop`.
import { build } from './build.mjs';
import { main } from './main.mjs';
import { interopPackages } from './setup/npm-packages.mjs';
import { forBuild, setup } from './setup.mjs';
import { vitestReport } from './test/runners.mjs';

await main(import.meta, async () => {
  await setup([...forBuild, interopPackages]);
  await build();
  const { problem, output, results } = await vitestReport('the real servers', 'tests/interop');
  if (problem) {
    console.log(output);
    process.exitCode = 1;
  }
  console.log(table(results));
});

/** What was tried down, servers across. */
function table(results) {
  const servers = [...new Set(results.map(({ server }) => server))];
  const rows = [...new Set(results.map(({ title }) => title))];
  const cell = (server, title) =>
    results.find((result) => result.server === server && result.title === title)?.status ?? '–';
  const lines = [
    ['', ...servers],
    ...rows.map((title) => [title, ...servers.map((server) => cell(server, title))]),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
