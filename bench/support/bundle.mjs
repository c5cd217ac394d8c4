// What an application's bundler makes of its source: for production, minified, what is imported later in files of its own.
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/command.mjs';

export const benchFolder = join(root, 'bench');

/** Bundles a module that stands in `bench/` and is called `name`; resolves with esbuild's result. */
export function bundle(name, source, { external = [] } = {}) {
  return build({
    stdin: { contents: source, resolveDir: benchFolder, sourcefile: `${name}.js` },
    absWorkingDir: root,
    outdir: join(benchFolder, 'out'),
    entryNames: name,
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    external,
    plugins: [fromTheRoot],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
}

/** talkwire is the one of this repository, and there is one React for all. */
const fromTheRoot = {
  name: 'from the root',
  setup(build) {
    build.onResolve({ filter: /^(talkwire|react|react-dom)(\/|$)/ }, (found) => {
      if (found.pluginData === fromTheRoot) return undefined;
      const { kind } = found;
      return build.resolve(found.path, { kind, resolveDir: root, pluginData: fromTheRoot });
    });
  },
};
