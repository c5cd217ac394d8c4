// Runs every check, or those that are named: `npm test -- rust e2e`.
import { Failure, main } from './main.mjs';
import { setup } from './setup.mjs';
import { suites } from './test/suites.mjs';

const COLUMNS = ['passed', 'failed', 'skipped', 'seconds'];

await main(import.meta, async () => {
  const results = [];
  for (const suite of chosen(process.argv.slice(2))) {
    console.log(`\n${suite.name}`);
    results.push(await outcome(suite));
  }
  const total = { name: 'total', ...sum(results) };
  console.log(`\n${table([...results, total])}\n`);
  // Whoever has the end of this only is told why, too.
  for (const { name, problem, output } of results)
    if (problem) console.log(`${name}: ${problem}\n${lastLines(output)}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  if (total.failed > 0) process.exitCode = 1;
});

function chosen(names) {
  const unknown = names.find((name) => !suites.some((suite) => suite.name === name));
  if (unknown !== undefined) {
    const known = suites.map((suite) => suite.name).join(' ');
    throw new Failure(`There is no suite "${unknown}". There are: ${known}`);
  }
  return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

/** What a suite came to. One that could not run, or ran nothing, has failed. */
async function outcome(suite) {
  const started = performance.now();
  const parts = await runParts(suite);
  const counts = sum(parts);
  const failed = parts.find((part) => part.problem);
  const problem = failed?.problem ?? nothingRan(counts);
  return {
    name: suite.name,
    ...counts,
    failed: Math.max(counts.failed, problem ? 1 : 0),
    seconds: (performance.now() - started) / 1000,
    problem,
    output: failed?.output ?? '',
  };
}

async function runParts(suite) {
  try {
    await setup(suite.needs);
    for (const step of suite.before ?? []) await step();
    const parts = [await suite.run()].flat();
    for (const part of parts) if (part.problem) console.log(part.output);
    return parts;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    error.print();
    return [{ problem: error.message }];
  }
}

function lastLines(output) {
  return output.trimEnd().split('\n').slice(-40).join('\n');
}

function nothingRan({ passed, failed }) {
  return passed + failed === 0 ? 'it ran no tests' : null;
}

function sum(rows) {
  const total = (column) => rows.reduce((count, row) => count + (row[column] ?? 0), 0);
  return Object.fromEntries(COLUMNS.map((column) => [column, total(column)]));
}

function table(rows) {
  const cells = rows.map((row) => [
    ...COLUMNS.slice(0, 3).map((c) => row[c]),
    row.seconds.toFixed(1),
  ]);
  const lines = [COLUMNS, ...cells].map((line) => line.map((cell) => String(cell).padStart(9)));
  return lines.map((line, i) => (rows[i - 1]?.name ?? '').padEnd(9) + line.join('')).join('\n');
}
