// A proxy before a server: HTTP passes, from pages of all origins, upgrades only if they are allowed.
import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';

const FOR_ALL = { 'access-control-allow-origin': '*' };
const REFUSAL = 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Starts one before `host`. */
export async function startProxy(host) {
  const proxy = new RefusingProxy(host);
  await proxy.listen();
  return proxy;
}

class RefusingProxy {
  allowsUpgrades = false;
  /** Upgrades that were asked for. */
  upgrades = 0;
  /** A session's requests on their way, and the most there were at a time, by method. */
  pending = {};
  most = {};
  /** The lengths of what was posted. */
  posted = [];
  #server = createServer();
  #upgraded = new Set();

  constructor(host) {
    const [hostname, port] = host.split(':');
    this.#server.on('request', (request, response) => {
      if (request.url.includes('&sid=')) this.#count(request.method, response);
      if (request.method === 'POST') this.posted.push(Number(request.headers['content-length']));
      const { method, url: path, headers } = request;
      const onward = forward({ hostname, port, method, path, headers }, (reply) => {
        response.writeHead(reply.statusCode, { ...reply.headers, ...FOR_ALL });
        reply.pipe(response);
      });
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      request.pipe(onward);
    });
    this.#server.on('upgrade', ({ url, rawHeaders }, socket, head) => {
      this.upgrades++;
      // Whoever asked may have gone, which is not this proxy's end.
      socket.on('error', () => {});
      if (!this.allowsUpgrades) return socket.end(REFUSAL);
      const onward = connect(Number(port), hostname);
      onward.on('error', () => {});
      const headers = rawHeaders.map((text, at) => (at % 2 === 0 ? `\r\n${text}: ` : text));
      onward.write(`GET ${url} HTTP/1.1${headers.join('')}\r\n\r\n`);
      onward.write(head);
      for (const [from, to] of [
        [socket, onward],
        [onward, socket],
      ]) {
        this.#upgraded.add(from);
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
    });
  }

  /** Every connection breaks off. */
  cut() {
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    this.#upgraded.clear();
  }

  async listen() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.host = `127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #count(method, response) {
    this.pending[method] = (this.pending[method] ?? 0) + 1;
    this.most[method] = Math.max(this.most[method] ?? 0, this.pending[method]);
    response.on('close', () => this.pending[method]--);
  }
}
