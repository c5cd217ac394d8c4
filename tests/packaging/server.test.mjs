// On a server, importing and constructing opens nothing and instantiates nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { install } from './support/pack.mjs';

// Whatever of these is touched fails the script, and so the test.
const forbid = `
  for (const name of ['WebSocket', 'fetch']) {
    globalThis[name] = function () { throw new Error(name + ' was used'); };
  }
  for (const name of ['compile', 'instantiate', 'instantiateStreaming', 'Module', 'Instance']) {
    WebAssembly[name] = function () { throw new Error('WebAssembly.' + name + ' was used'); };
  }
`;

for (const entry of ['talkwire', 'talkwire/inline']) {
  test(`${entry} can be imported and a client made`, (t) => {
    const printed = inNode(
      t,
      `
      const globals = Object.getOwnPropertyNames(globalThis).length;
      const { createClient } = await import('${entry}');
      const client = createClient({ url: '/ws' });
      console.log(client.connection.getServerSnapshot().phase);
      client.close();
      console.log(Object.getOwnPropertyNames(globalThis).length - globals);
    `,
    );
    assert.equal(printed, 'idle\n0', 'and no global is added');
  });
}

for (const adapter of ['react', 'vue', 'svelte', 'solid']) {
  test(`talkwire/${adapter} can be imported`, (t) => {
    const printed = inNode(
      t,
      `
      const { useWebSocket, useConversation } = await import('talkwire/${adapter}');
      console.log(typeof useWebSocket, typeof useConversation);
    `,
    );
    assert.equal(printed, 'function function');
  });
}

function inNode(t, script) {
  const cwd = install(t, 'react', 'vue', 'svelte', 'solid-js');
  const args = ['--input-type=module', '--eval', forbid + script];
  return execFileSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 10_000 }).trim();
}
