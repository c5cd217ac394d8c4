// Other programs: run with their progress shown, or asked a question.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { progress } from './progress.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A program that could not be started or did not end well; `output` is all it said. */
export class CommandFailed extends Error {
  constructor(line, reason, output) {
    super(`\`${line}\` ${reason}`);
    this.output = output;
  }
}

/** What a program answers on its standard output, or null where it is missing or fails. */
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a program to its end under a title with elapsed time; resolves with all it said. */
export function run(title, command, args, { cwd = root, env = {} } = {}) {
  const line = [command, ...args].join(' ');
  const shown = progress(title);
  return new Promise((resolve, reject) => {
    let output = '';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (text) => {
      output += text;
      shown.says(text);
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    const fail = (reason) => {
      shown.ends('failed');
      reject(new CommandFailed(line, reason, output));
    };
    child.on('error', (error) => fail(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (code !== 0) return fail(code === null ? `was ended by ${signal}` : `ended with ${code}`);
      shown.ends('done');
      resolve(output);
    });
  });
}
