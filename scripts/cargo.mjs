// What Cargo builds for this machine.
import { join, resolve } from 'node:path';
import { root, run } from './command.mjs';

export const targetFolder = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
export const gatewayProgram = join(targetFolder, 'debug', 'talkwire-gateway');

export function buildGateway() {
  return run('building the gateway', 'cargo', ['build', '-p', 'talkwire-gateway']);
}
