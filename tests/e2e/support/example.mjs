// An example with a build step, served as those who work on it have it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../../../scripts/command.mjs';
import { placeTalkwire } from '../../../scripts/place.mjs';

/** Serves it beside a gateway until the test `t` ends; resolves with its address. */
export function serveExample(t, name, gateway) {
  const cwd = join(root, 'examples', name);
  placeTalkwire(cwd);
  const child = spawn('npm', ['start', '--', '--port', '0'], {
    cwd,
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: '1',
      GATEWAY_URL: gateway.url,
      NEXT_PUBLIC_WEBSOCKET_URL: `ws://${gateway.host}/ws`,
    },
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
