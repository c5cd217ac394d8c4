// What Cargo builds for this machine.
import { join, resolve } from 'node:path';
import { root, run } from './command.mjs';

export const targetFolder = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');

/** Builds the reference gateway; resolves with the path of its program. */
export async function buildGateway() {
  await run('building the gateway', 'cargo', ['build', '-p', 'talkwire-gateway']);
  return join(targetFolder, 'debug', 'talkwire-gateway');
}
