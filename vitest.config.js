// How vitest runs the tests: what runs as in a page gets the frameworks as a page does.
import { fileURLToPath } from 'node:url';
import { compile } from 'svelte/compiler';

const svelteComponents = {
  name: 'svelte components',
  transform(code, id) {
    if (!id.endsWith('.svelte')) return undefined;
    const generate = this.environment.name === 'client' ? 'client' : 'server';
    return compile(code, { filename: id, generate }).js;
  },
};

// For pages there is none in it, and some tests have servers beside their page.
const ws = fileURLToPath(new URL('node_modules/ws/wrapper.mjs', import.meta.url));

export default {
  plugins: [svelteComponents],
  resolve: { alias: { ws } },
  environments: { client: { resolve: { conditions: ['browser', 'development|production'] } } },
  test: { server: { deps: { inline: [/node_modules\/(svelte|solid-js)\//] } } },
};
