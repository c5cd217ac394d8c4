// On what it was measured: enough to judge figures by, nothing that names a machine.
import { cpus, loadavg, totalmem } from 'node:os';
import { ask } from '../../scripts/command.mjs';
import { findChromium } from '../../scripts/setup/browser.mjs';

export function machine() {
  const version = (program, args) => ask(program, args)?.match(/\d+(\.\d+)+/)?.[0] ?? 'none';
  return {
    processor: cpus()[0].model,
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number(loadavg()[0].toFixed(1)),
    chromium: version(findChromium(), ['--version']),
    node: process.versions.node,
    rust: version('rustc', ['--version']),
  };
}

/** In one line. */
export function inWords({ processor, cores, memoryGib, loadBefore, chromium, node, rust }) {
  const load = `load ${loadBefore} before it began`;
  return `${cores} × ${processor}, ${memoryGib} GiB, ${load}; Chromium ${chromium}, Node ${node}, Rust ${rust}`;
}
