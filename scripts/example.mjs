// Serves an example that has a build step, beside the reference gateway: `npm run example react-vite`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startGateway } from '../tests/e2e/support/gateway.mjs';
import { build } from './build.mjs';
import { buildGateway } from './cargo.mjs';
import { root } from './command.mjs';
import { Failure, main } from './main.mjs';
import { placeTalkwire } from './pack.mjs';
import { examplePackages } from './setup/npm-packages.mjs';
import { forBuild, setup } from './setup.mjs';

await main(import.meta, async () => {
  const name = chosen(process.argv[2]);
  await setup([...forBuild, examplePackages(name)]);
  await build();
  await buildGateway();
  const endings = [];
  const gateway = await startGateway({ after: (ending) => endings.push(ending) });
  console.log(`\n  The gateway listens on ${gateway.url}. Ctrl+C stops both.\n`);
  const ended = once(startExample(name, gateway, [], { stdio: 'inherit' }), 'exit');
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
  await ended;
  for (const ending of endings) await ending();
});

/** Starts what serves it under development, told of the gateway and what stands in `args` and `options`. */
export function startExample(name, gateway, args, { env, ...options }) {
  const cwd = join(root, 'examples', name);
  // Vite is told where talkwire stands.
  if (!existsSync(join(cwd, 'vite.config.js'))) placeTalkwire(cwd);
  const told = { ...process.env, ...environmentOf(gateway), ...env };
  return spawn('npm', ['start', '--', ...args], { cwd, env: told, ...options });
}

/** What an example is told of a gateway. */
export function environmentOf(gateway) {
  return { GATEWAY_URL: gateway.url, NEXT_PUBLIC_WEBSOCKET_URL: `ws://${gateway.host}/ws` };
}

function chosen(name) {
  const all = readdirSync(join(root, 'examples')).filter((folder) =>
    existsSync(join(root, 'examples', folder, 'package.json')),
  );
  if (all.includes(name)) return name;
  throw new Failure(`Which one? npm run example ${all.join(' | ')}`);
}
