// What Cargo builds for this machine.
import { join, resolve } from 'node:path';
import { root, run } from './command.mjs';

export const targetFolder = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
export const gatewayProgram = join(targetFolder, 'debug', 'talkwire-gateway');
/** As people run it: for measuring. */
export const releasedGatewayProgram = join(targetFolder, 'release', 'talkwire-gateway');

export function buildGateway() {
  return run('building the gateway', 'cargo', ['build', '-p', 'talkwire-gateway']);
}

export function buildReleasedGateway() {
  return run('building the gateway', 'cargo', ['build', '--release', '-p', 'talkwire-gateway']);
}
