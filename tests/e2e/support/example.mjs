// An example with a build step, served as those who work on it have it.
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { startExample } from '../../../scripts/example.mjs';

/** Serves it beside a gateway until the test `t` ends; resolves with its address. */
export function serveExample(t, name, gateway) {
  const child = startExample(name, gateway, ['--port', '0'], {
    env: { NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm has children of its own.
    detached: true,
  });
  t.after(() => process.kill(-child.pid, 'SIGKILL'));
  // Shown only where it ends: it complains of a gateway that is away, which tests bring about.
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [address] = stripVTControlCharacters(line).match(/http:\/\/localhost:\d+/) ?? [];
      if (address) resolve(address);
    });
    child.on('exit', (code) => reject(new Error(`${name} ended with ${code}:\n${complaints}`)));
  });
}
