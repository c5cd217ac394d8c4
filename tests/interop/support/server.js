// Starts the real servers, each in a process of its own on a free port, and calls what their own code would call.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const here = join(import.meta.dirname, '..');
// Beside the packages that the servers import.
const built = join(here, 'node_modules/.built');

/** The ids of so many messages, as the servers give them. */
export const inOrder = (name, count) => Array.from({ length: count }, (_, n) => `${name}-${n + 1}`);

export const versionOf = (name) =>
  JSON.parse(readFileSync(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;

/** Starts `servers/<name>.ts`, with settings for it in its environment. */
export async function startServer(name, env = {}) {
  const outfile = join(built, `${name}.mjs`);
  // In a process of its own, for it does not run where jsdom is.
  await promisify(execFile)(join(here, '../../node_modules/.bin/esbuild'), [
    join(here, 'servers', `${name}.ts`),
    `--outfile=${outfile}`,
    '--bundle',
    '--packages=external',
    '--platform=node',
    '--format=esm',
    '--tsconfig-raw={"compilerOptions":{"experimentalDecorators":true}}',
  ]);
  const child = fork(outfile, { execArgv: [], env: { ...process.env, ...env } });
  const [first] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (!first?.port) throw new Error(`${name} did not start`);
  return new Server(child, first.port);
}

class Server {
  #child;
  #calls = new Map();
  #lastCall = 0;

  /** As whom a page takes part. */
  me = 'me';

  constructor(child, port) {
    this.#child = child;
    this.host = `127.0.0.1:${port}`;
    child.on('message', ({ number, value }) => {
      this.#calls.get(number)(value);
      this.#calls.delete(number);
    });
  }

  /** Calls something on the server; resolves to what it returned. */
  call(name, ...args) {
    const number = ++this.#lastCall;
    this.#child.send({ number, name, args });
    return new Promise((resolve) => this.#calls.set(number, resolve));
  }

  /** The id of the conversation that a test calls so. */
  async named(name) {
    return name;
  }

  /** What was said in a conversation, over HTTP. */
  async history(conversationId, { after, signal }) {
    const query = new URLSearchParams({ conversationId, after: after ?? '' });
    return (await fetch(`http://${this.host}/messages?${query}`, { signal })).json();
  }

  /** The ids of the `count` messages that were said, in order. */
  async stored(id, count) {
    return inOrder(id, count);
  }

  /** Who types: the servers tell everybody, the typist included. */
  async typists(conversation) {
    return conversation.getSnapshot().typing;
  }

  /** The process stands still, as behind a network that is gone, and goes on. */
  freeze() {
    this.#child.kill('SIGSTOP');
  }

  thaw() {
    this.#child.kill('SIGCONT');
  }

  async stop() {
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }
}
