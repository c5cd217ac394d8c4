import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const gateway = process.env.GATEWAY_URL ?? 'http://localhost:3001';

export default defineConfig({
  plugins: [react()],
  base: './',
  // Here talkwire is the one of this repository. Elsewhere it is installed, and none of this is needed.
  resolve: {
    alias: [{ find: /^talkwire\/(\w+)$/, replacement: `${repository}src/js/$1.js` }],
    dedupe: ['react', 'react-dom'],
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
