import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const gateway = process.env.GATEWAY_URL ?? 'http://localhost:3001';

export default defineConfig({
  plugins: [vue(), svelte(), solid({ include: 'solid/**' })],
  // Here talkwire is the one of this repository. Elsewhere it is installed, and none of this is needed.
  resolve: {
    alias: [{ find: /^talkwire\/(\w+)$/, replacement: `${repository}src/js/$1.js` }],
    dedupe: ['vue', 'svelte', 'solid-js'],
  },
  server: {
    fs: { allow: [repository] },
    proxy: {
      '/api': gateway,
      '/dev': gateway,
      '/ws': { target: gateway, ws: true, rewriteWsOrigin: true },
    },
  },
});
