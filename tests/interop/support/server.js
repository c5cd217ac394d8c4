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
  // Other files of tests start the same ones meanwhile.
  const outfile = join(built, `${name}-${process.env.VITEST_POOL_ID}.mjs`);
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

/** What the tests ask of any of them. */
export class Tested {
  /** As whom a page takes part. */
  me = 'me';

  get url() {
    return `http://${this.host}`;
  }

  /** The id of the conversation that a test calls so. */
  async named(name) {
    return name;
  }

  /** What was said in a conversation, over HTTP. */
  async history(conversationId, { after, signal }) {
    const query = new URLSearchParams({ conversationId, after: after ?? '' });
    return (await fetch(`${this.url}/messages?${query}`, { signal })).json();
  }

  /** The ids of the `count` messages that were said, in order. */
  async stored(id, count) {
    return inOrder(id, count);
  }

  /** Who types: the servers tell everybody, the typist included. */
  async typists(conversation) {
    return conversation.getSnapshot().typing;
  }
}

class Server extends Tested {
  #child;
  #calls = new Map();
  #lastCall = 0;

  constructor(child, port) {
    super();
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

  /** The process stands still, as behind a network that is gone, and goes on. */
  freeze() {
    this.#child.kill('SIGSTOP');
  }

  thaw() {
    this.#child.kill('SIGCONT');
  }

  /** Ends it as a crash would. */
  kill() {
    return this.stop('SIGKILL');
  }

  async stop(signal = 'SIGTERM') {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
