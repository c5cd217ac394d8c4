// Every check there is, in the order in which they run: the quick ones first.
import { build } from '../build.mjs';
import { buildGateway } from '../cargo.mjs';
import { chromium, findChromedriver } from '../setup/browser.mjs';
import { withCargoTools } from '../setup/cargo-tools.mjs';
import {
  examplePackages,
  examplesPackages,
  interopPackages,
  npmPackages,
  react18Packages,
  toolPackages,
} from '../setup/npm-packages.mjs';
import { redis } from '../setup/redis.mjs';
import { lints, wasmTarget } from '../setup/rust.mjs';
import { forBuild, forRust, forWasm } from '../setup.mjs';
import { besideGateway } from './beside-gateway.mjs';
import { pureEngine } from './pure-engine.mjs';
import { bin, cargoTests, check, nodeTests, vitest } from './runners.mjs';

const WASM = 'wasm32-unknown-unknown';
const STRICT = ['--', '-D', 'warnings'];
// Benchmarks run natively only.
const FOR_WASM = ['--target', WASM, '--lib', '--tests'];

export const suites = [
  {
    name: 'fmt',
    needs: [...forRust, lints],
    run: () => check('rustfmt', 'cargo', ['fmt', '--all', '--check']),
  },
  {
    name: 'clippy',
    needs: [...forRust, lints, wasmTarget],
    run: async () => [
      await check('clippy, native', 'cargo', ['clippy', '--workspace', '--all-targets', ...STRICT]),
      await check('clippy, wasm32', 'cargo', ['clippy', ...FOR_WASM, ...STRICT]),
    ],
  },
  {
    name: 'border',
    needs: forRust,
    run: pureEngine,
  },
  {
    name: 'biome',
    needs: [npmPackages],
    run: () => check('biome', bin('biome'), ['check', '--error-on-warnings', '.']),
  },
  {
    name: 'types',
    needs: [npmPackages],
    run: () => check('tsc --strict', bin('tsc'), ['--project', 'tsconfig.json']),
  },
  {
    name: 'rust',
    needs: forRust,
    run: () => cargoTests('native tests', 'cargo', ['test', '--workspace', '--no-fail-fast']),
  },
  {
    name: 'wasm',
    needs: [...forWasm, chromium],
    before: [buildGateway],
    run: () =>
      besideGateway((gateway) => {
        const browser = ['--headless', '--chrome', '--chromedriver', findChromedriver()];
        const args = ['test', ...browser, '--mode', 'no-install'];
        const env = { ...withCargoTools(), TALKWIRE_GATEWAY: gateway.url };
        return cargoTests('wasm in Chromium', 'wasm-pack', args, { env });
      }),
  },
  {
    name: 'js',
    needs: [...forBuild, react18Packages],
    before: [build],
    run: () => vitest('the JavaScript side', 'tests/js'),
  },
  {
    name: 'interop',
    needs: [...forBuild, interopPackages, redis],
    before: [build, buildGateway],
    run: () => vitest('the servers people run', 'tests/interop'),
  },
  {
    name: 'size',
    needs: forBuild,
    before: [build],
    run: () => nodeTests('what it weighs', 'tests/bench'),
  },
  {
    name: 'package',
    needs: [...forBuild, chromium, toolPackages, examplePackages('nextjs')],
    before: [build, buildGateway],
    run: () => nodeTests('what npm would publish', 'tests/packaging'),
  },
  {
    name: 'e2e',
    needs: [...forBuild, chromium, ...examplesPackages],
    before: [build, buildGateway],
    run: () => nodeTests('end to end in Chromium', 'tests/e2e'),
  },
];
