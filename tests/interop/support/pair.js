// Two Socket.IO servers, A and B, joined over a Redis that is started for them.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { startServer, Tested, versionOf } from './server.js';

const [version] = execFileSync('redis-server', ['--version'], { encoding: 'utf8' }).match(/[\d.]+/);

export const PAIR = `socket.io ${versionOf('socket.io')} twice, redis-adapter ${versionOf('@socket.io/redis-adapter')}, Redis ${version}`;

export async function startPair() {
  const redis = await startRedis();
  const env = { REDIS_URL: redis.url };
  return new Pair(redis, await startServer('socket-io', env), await startServer('socket-io', env));
}

/** As one server: pages are on A, what it is to do it is told through B. */
class Pair extends Tested {
  #redis;

  constructor(redis, a, b) {
    super();
    this.#redis = redis;
    this.a = a;
    this.b = b;
    this.host = a.host;
  }

  call(name, ...args) {
    const isOfA = name === 'drop' || name === 'expectToken';
    return (isOfA ? this.a : this.b).call(name, ...args);
  }

  freeze() {
    this.a.freeze();
  }

  thaw() {
    this.a.thaw();
  }

  async stop() {
    await Promise.all([this.a.stop(), this.b.stop()]);
    await this.#redis.stop();
  }
}

/** A Redis that keeps nothing, on a free port. */
async function startRedis() {
  const port = await freePort();
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  // Nobody is left behind if the tests themselves die.
  const orphaned = () => child.kill('SIGKILL');
  process.on('exit', orphaned);
  const ended = once(child, 'exit').then(() => process.off('exit', orphaned));
  const ready = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
  });
  const early = ended.then(() => {
    throw new Error('redis-server did not start');
  });
  await Promise.race([ready, early]);
  early.catch(() => {});
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
