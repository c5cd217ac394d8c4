// A real gateway in a process of its own, on a free port and a database of its own unless told otherwise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gatewayProgram } from '../../../scripts/cargo.mjs';
import { root } from '../../../scripts/command.mjs';

// The same for all, so that a token of one gateway is good for another on the same database.
const TOKEN_SECRET = 'only the tests know this one';

/** Starts a gateway that is stopped, its database removed, when the test `t` ends. */
export async function startGateway(
  t,
  { port = 0, dev = true, database, env = {}, program = gatewayProgram } = {},
) {
  const folder = database ? null : mkdtempSync(join(tmpdir(), 'talkwire-'));
  const gateway = new Gateway({
    port,
    dev,
    database: database ?? join(folder, 'chat.db'),
    env,
    program,
  });
  t.after(async () => {
    await gateway.stop();
    if (folder) rmSync(folder, { recursive: true });
  });
  await gateway.start();
  return gateway;
}

class Gateway {
  #settings;
  #process = null;

  /** Everything it printed, in all its lives. */
  log = '';

  constructor(settings) {
    this.#settings = settings;
  }

  /** Its address and port. */
  get host() {
    return `127.0.0.1:${this.#settings.port}`;
  }

  get url() {
    return `http://${this.host}`;
  }

  get database() {
    return this.#settings.database;
  }

  /** Resolves once it listens. Given settings of the environment replace those of before. */
  async start(env = {}) {
    const settings = this.#settings;
    Object.assign(settings.env, env);
    const child = spawn(settings.program, settings.dev ? ['--dev'] : [], {
      cwd: root,
      env: {
        ...process.env,
        BOT: 'false',
        TOKEN_SECRET,
        ...settings.env,
        PORT: String(settings.port),
        DATABASE_URL: `sqlite://${settings.database}`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    // Nobody is left behind if the tests themselves die.
    const orphaned = () => child.kill('SIGKILL');
    process.on('exit', orphaned);
    child.on('exit', () => process.off('exit', orphaned));
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.log += text;
    });
    settings.port = await this.#listening(child);
  }

  /** Asks it to stop, as a deployment would, and waits until it has. */
  stop() {
    return this.#end('SIGTERM');
  }

  /** Ends it as a crash would. */
  kill() {
    return this.#end('SIGKILL');
  }

  /** How many connections and subscriptions it holds. */
  async held() {
    return (await fetch(`${this.url}/dev/connections`)).json();
  }

  /** A token for somebody, from the development endpoint. */
  async token(userId, role = 'agent') {
    const { token } = await this.#fetch('POST', '/dev/token', null, { userId, role });
    return token;
  }

  /** A call to the REST API; `as` is the id of the user who makes it. */
  async api(method, path, { as = 'agent_ana', role, body } = {}) {
    return this.#fetch(method, `/api${path}`, await this.token(as, role), body);
  }

  async #fetch(method, path, token, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  /** The port, once it is open. */
  #listening(child) {
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.log += `${line}\n`;
        const port = line.match(/listening on http:\/\/\S+:(\d+)/)?.[1];
        if (port) resolve(Number(port));
      });
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`The gateway ended with ${code}:\n${this.log}`)));
    });
  }

  async #end(signal) {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
