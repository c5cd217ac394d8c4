// Other programs: run under a title with their progress shown, or asked a question.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Failure } from './main.mjs';
import { progress } from './progress.mjs';

export const root = join(import.meta.dirname, '..');

/** What a program answers on its standard output, or null where it is missing or fails. */
export function ask(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** Runs a program that must end well; resolves with all it said. */
export async function run(title, command, args, options) {
  const { problem, output } = await attempt(title, command, args, options);
  if (problem) throw new Failure(problem, output);
  return output;
}

/** Runs a program to its end; `problem` says how it failed, or is null. */
export function attempt(title, command, args, { env = {} } = {}) {
  const shown = progress(title);
  return new Promise((resolve) => {
    let output = '';
    const collect = (text) => {
      output += text;
      shown.says(text);
    };
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    // A program that cannot be started closes, too.
    let reason = null;
    child.on('error', (error) => {
      reason = `could not be started: ${error.message}`;
    });
    child.on('close', (code, signal) => {
      if (code !== 0) reason ??= code === null ? `was ended by ${signal}` : `ended with ${code}`;
      shown.ends(reason === null ? 'done' : 'failed');
      resolve({ problem: reason && `${title} ${reason}`, output });
    });
  });
}
