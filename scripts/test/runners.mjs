// How each kind of check is run; all resolve with { problem, output, passed, failed, skipped }.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { targetFolder } from '../cargo.mjs';
import { attempt, root } from '../command.mjs';

export const bin = (name) => join(root, 'node_modules/.bin', name);

/** One yes or no. */
export async function check(title, command, args, options) {
  const ended = await attempt(title, command, args, options);
  return { ...ended, passed: ended.problem ? 0 : 1, failed: ended.problem ? 1 : 0, skipped: 0 };
}

/** `cargo test` and `wasm-pack test`, which end each test program with one result line. */
export async function cargoTests(title, command, args, options) {
  const ended = await attempt(title, command, args, options);
  const results = /test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored/g;
  const counts = [...ended.output.matchAll(results)].map((result) => result.slice(1).map(Number));
  const sum = (index) => counts.reduce((total, count) => total + count[index], 0);
  return { ...ended, passed: sum(0), failed: sum(1), skipped: sum(2) };
}

export async function vitest(title, folder) {
  const { results, ...ended } = await vitestReport(title, folder);
  const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
  return {
    ...ended,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
  };
}

/** The same with every test: `{ server, title, status }`, where `server` is what it is described under. */
export async function vitestReport(title, folder) {
  const report = resultFile(`${folder.replaceAll('/', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ended = await attempt(title, bin('vitest'), ['run', '--dir', folder, ...reporters]);
  const { testResults = [] } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {};
  const results = testResults
    .flatMap((file) => file.assertionResults)
    .map(({ ancestorTitles: [server], title, status }) => ({ server, title, status }));
  return { ...ended, results };
}

/**
 * Node's own runner on every `*.test.mjs` of a folder, or those named, one file at a time: a browser takes all the
 * processor there is. Gives every test, too: `{ title, status }`.
 */
export async function nodeTests(title, folder, files = /\.test\.mjs$/) {
  const report = resultFile(`${folder.replaceAll('/', '-')}.tap`);
  const names = readdirSync(join(root, folder)).filter((name) => files.test(name));
  const ended = await attempt(title, process.execPath, [
    ...['--test', '--test-concurrency=1'],
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...['--test-reporter=tap', `--test-reporter-destination=${report}`],
    ...names.sort().map((name) => `${folder}/${name}`),
  ]);
  const tap = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const count = (what) => Number(tap.match(new RegExp(`^# ${what} (\\d+)$`, 'm'))?.[1] ?? 0);
  const results = [...tap.matchAll(/^ *(not ok|ok) \d+ - (.*)$/gm)].map(([, how, title]) => ({
    title,
    status: how === 'ok' ? 'passed' : 'failed',
  }));
  return {
    ...ended,
    results,
    passed: count('pass'),
    failed: count('fail') + count('cancelled'),
    skipped: count('skipped') + count('todo'),
  };
}

function resultFile(name) {
  const folder = join(targetFolder, 'test-results');
  mkdirSync(folder, { recursive: true });
  // What an earlier run left must not be counted.
  rmSync(join(folder, name), { force: true });
  return join(folder, name);
}
