// One line about what is going on: rewritten in place on a terminal, repeated now and then in a log.
import { stripVTControlCharacters } from 'node:util';

const TERMINAL_TICK_MS = 200;
const LOG_TICK_MS = 20_000;

/** Shows a title at once and keeps it alive; `says` takes the program's own output, `ends` closes the line. */
export function progress(title) {
  const started = performance.now();
  const terminal = process.stdout.isTTY;
  const elapsed = () => ((performance.now() - started) / 1000).toFixed(terminal ? 0 : 1);
  let latest = '';

  const show = () => {
    const line = `  ${title} · ${elapsed()} s${latest && ` · ${latest}`}`;
    if (terminal) process.stdout.write(`\r\x1b[K${line.slice(0, process.stdout.columns - 1)}`);
    else console.log(line);
  };
  if (terminal) show();
  else console.log(`  ${title} …`);
  const ticking = setInterval(show, terminal ? TERMINAL_TICK_MS : LOG_TICK_MS);

  return {
    says(text) {
      const lines = stripVTControlCharacters(text)
        .split(/[\r\n]+/)
        .map((line) => line.trim());
      latest = lines.findLast((line) => line !== '') ?? latest;
    },
    ends(how) {
      clearInterval(ticking);
      if (terminal) process.stdout.write('\r\x1b[K');
      console.log(`  ${title} · ${how} in ${elapsed()} s`);
    },
  };
}
