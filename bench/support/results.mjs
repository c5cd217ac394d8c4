// Results as people and programs read them: a table on the terminal, and files in bench/results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './bundle.mjs';

/** Prints the text, and writes it and the figures to bench/results under this name. */
export function publish(name, result) {
  write(name, result);
  console.log(`\n${pageOf(result)}`);
}

/** The same, without a word. */
export function write(name, result) {
  const folder = join(benchFolder, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), pageOf(result));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result.figures, null, 1)}\n`);
}

const pageOf = ({ title, text }) => `# ${title}\n\n${text.trim()}\n`;
