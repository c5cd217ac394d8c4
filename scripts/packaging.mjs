// Builds, serves and tests an app with the tools that people use, and shows what came of it: `npm run packaging`.
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { main } from './main.mjs';
import { chromium } from './setup/browser.mjs';
import { examplePackages, toolPackages } from './setup/npm-packages.mjs';
import { forBuild, setup } from './setup.mjs';
import { table } from './table.mjs';
import { nodeTests } from './test/runners.mjs';

const HEAD = ['tool', 'mode', 'result', 'all it is told, but where to write'];
const ROW = /^(.+), (build|dev|page|test), (.+)$/;

await main(import.meta, async () => {
  await setup([...forBuild, chromium, toolPackages, examplePackages('nextjs')]);
  await build();
  await buildGateway();
  const files = /^(tools|next)\.test\.mjs$/;
  const { problem, output, results } = await nodeTests('the tools', 'tests/packaging', files);
  if (problem) console.log(output);
  const rows = results.flatMap(({ title, status }) => {
    const [, tool, mode, command] = title.match(ROW) ?? [];
    return tool ? [[tool, mode, status, command]] : [];
  });
  console.log(`\n${table([HEAD, ...rows])}\n`);
  if (problem) process.exitCode = 1;
});
