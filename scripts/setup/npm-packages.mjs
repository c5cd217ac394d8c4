// What package-lock.json lists, in node_modules.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../command.mjs';

export const npmPackages = npmPackagesIn('', {
  name: 'npm packages',
  why: 'the build and the checks use them',
});

/** Those of benchmarks only: what talkwire is measured beside. */
export const peerPackages = npmPackagesIn('bench', {
  name: 'the npm packages of bench/',
  why: 'they are the libraries that talkwire is measured beside',
});

/** Those of tests/interop only: the servers that talkwire is tested against. */
export const interopPackages = npmPackagesIn('tests/interop', {
  name: 'the npm packages of tests/interop',
  why: 'they are the servers that talkwire is tested against',
});

/** The other React that the hooks are tested with. */
export const react18Packages = npmPackagesIn('tests/js/react-18', {
  name: 'React 18',
  why: 'the hooks are tested with it, too',
});

/** Those of tests/packaging only: what people build and test their apps with. */
export const toolPackages = npmPackagesIn('tests/packaging/app', {
  name: 'the npm packages of tests/packaging',
  why: 'they are the tools in which talkwire is tested',
});

/** What an example is built with. */
export const examplePackages = (name) =>
  npmPackagesIn(`examples/${name}`, {
    name: `the npm packages of examples/${name}`,
    why: 'the example is built with them',
  });

/** What all that have a build step are built with. */
export const examplesPackages = ['react-vite', 'nextjs', 'vue-svelte-solid'].map(examplePackages);

function npmPackagesIn(folder, described) {
  const inFolder = (path) => join(root, folder, path);
  const where = folder ? ['--prefix', folder] : [];
  return {
    ...described,
    missing() {
      const installed = inFolder('node_modules/.package-lock.json');
      if (!existsSync(installed)) return `there is no ${join(folder, 'node_modules')}`;
      const wanted = versions(inFolder('package-lock.json'));
      const present = versions(installed);
      // An optional package is for some platforms only.
      const stale = Object.entries(wanted).find(
        ([path, { version, optional }]) => present[path]?.version !== version && !optional,
      );
      return stale ? `${stale[0]} is not the one in package-lock.json` : null;
    },
    install: () => run('npm ci', 'npm', ['ci', ...where, '--no-audit', '--no-fund']),
    byHand: [['npm ci', ...where].join(' ')],
  };
}

function versions(lockFile) {
  const { '': _ourselves, ...packages } = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  return packages;
}
