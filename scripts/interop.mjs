// Talks to the real servers and shows what came of it, a column each: `npm run interop`.
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { main } from './main.mjs';
import { interopPackages } from './setup/npm-packages.mjs';
import { redis } from './setup/redis.mjs';
import { forBuild, setup } from './setup.mjs';
import { table } from './table.mjs';
import { vitestReport } from './test/runners.mjs';

/** What every server is asked for, and the tests that show it. */
const ROWS = {
  subscribe: ['subscribe'],
  message: ['message'],
  conversation: ['conversation'],
  typing: ['typing'],
  'ack out': ['ack out'],
  'ack in': ['ack in'],
  binary: ['binary in', 'binary out'],
  reconnect: ['reconnect'],
  'bad token': ['bad token'],
  'kicked by the server': ['kicked by the server'],
};
/** What a server has no such thing for, and why. */
const NOT_THERE = [
  [/WsAdapter/, ['ack out', 'ack in'], 'answers nothing and asks nothing'],
  [/WsAdapter/, ['binary'], 'speaks JSON texts only'],
  [/our gateway/, ['ack in'], 'asks nothing'],
  [/our gateway/, ['binary'], 'takes texts and objects as content'],
];
const NOTHING = 'n/a';

await main(import.meta, async () => {
  await setup([...forBuild, interopPackages, redis]);
  await build();
  await buildGateway();
  const { problem, output, results } = await vitestReport('the real servers', 'tests/interop');
  if (problem) console.log(output);
  const servers = [...new Set(results.map(({ server }) => server))]
    .filter((server) => results.some((one) => one.server === server && one.title === 'subscribe'))
    .sort();
  const rows = Object.entries(ROWS).map(([row, titles]) => [
    row,
    ...servers.map((server) => cell(results, server, row, titles)),
  ]);
  console.log(`\n${table([...heads(servers), ...rows])}\n`);
  for (const [server, some, why] of NOT_THERE)
    console.log(
      `${NOTHING}: ${servers.find((one) => server.test(one))} ${why} (${some.join(', ')})`,
    );
  console.log();
  const shown = Object.values(ROWS).flat();
  for (const { server, title, status } of results)
    if (servers.includes(server) && !shown.includes(title))
      console.log(`${status}  ${server}: ${title}`);
  if (problem || rows.flat().includes('untried')) process.exitCode = 1;
});

/** One that failed shows, and so does one that nobody tried and that is not known to be missing. */
function cell(results, server, row, titles) {
  const tried = results.filter(
    (result) => result.server === server && titles.includes(result.title),
  );
  if (tried.length === titles.length)
    return tried.find(({ status }) => status !== 'passed')?.status ?? 'passed';
  const isMissing = NOT_THERE.some(([one, some]) => one.test(server) && some.includes(row));
  return isMissing && tried.length === 0 ? NOTHING : 'untried';
}

/** The names of the servers with their versions, a line for each part. */
function heads(servers) {
  const parts = servers.map((server) => server.split(', '));
  const height = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => ['', ...parts.map((one) => one[line] ?? '')]);
}
