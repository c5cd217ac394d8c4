// Results as people and programs read them: a table on the terminal, and files in bench/results.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchFolder } from './bundle.mjs';

/** Prints the text, and writes it and the figures to bench/results under this name. */
export function publish(name, { title, text, figures }) {
  const page = `# ${title}\n\n${text.trim()}\n`;
  console.log(`\n${page}`);
  const folder = join(benchFolder, 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), page);
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(figures, null, 1)}\n`);
}
