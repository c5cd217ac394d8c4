// Sets up and builds what is missing, then serves the example page from the reference gateway.
// package.json starts it by `exec`, so that a signal to npm comes here and not to a shell that keeps it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { constants } from 'node:os';
import { build } from './build.mjs';
import { buildGateway, gatewayProgram } from './cargo.mjs';
import { root } from './command.mjs';
import { Failure, main } from './main.mjs';
import { forBuild, setup } from './setup.mjs';

const port = Number(process.env.PORT || 3001);
const host = process.env.HOST || '127.0.0.1';
// The terminal and npm both pass it on.
const SAME_CTRL_C_MS = 300;

await main(import.meta, async () => {
  // Asked first: nobody wants to hear it after minutes of building.
  if (await isTaken()) {
    const other = `PORT=${port + 1} npm start`;
    throw new Failure(
      `Port ${port} is taken. Stop what listens there, or choose another: ${other}`,
    );
  }
  await setup(forBuild);
  await build();
  await buildGateway();
  serve();
});

function serve() {
  const gateway = spawn(gatewayProgram, ['--dev', ...process.argv.slice(2)], {
    cwd: root,
    // Ctrl+C must reach it through us alone: asked twice, it stops without a goodbye.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  gateway.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    const address = text.match(/listening on (\S+)/)?.[1];
    if (address) console.log(`\n  Open ${address} in two tabs and chat. Ctrl+C stops it.\n`);
  });

  let lastAsked = Number.NEGATIVE_INFINITY;
  const stop = () => {
    const now = performance.now();
    if (now - lastAsked > SAME_CTRL_C_MS) gateway.kill('SIGTERM');
    lastAsked = now;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  process.on('exit', () => gateway.kill('SIGKILL'));
  gateway.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
}

function isTaken() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => (error.code === 'EADDRINUSE' ? resolve(true) : reject(error)));
    probe.listen(port, host, () => probe.close(() => resolve(false)));
  });
}
