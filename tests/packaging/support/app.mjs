// The app that every tool builds, serves or tests, and the programs that do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from '../../../scripts/command.mjs';
import { listen } from '../../e2e/support/listen.mjs';

export const appFolder = join(root, 'tests/packaging/app');

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const ADDRESS = /http:\/\/(localhost|127\.0\.0\.1):\d+/;

/** The version of a package that an app has. */
export function versionOf(name, app = appFolder) {
  return JSON.parse(readFileSync(join(app, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Runs a program of the app's packages to its end, and fails as it does. */
export async function runTool(program, args, options) {
  const { child, said } = start(program, args, options);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${said()}`);
}

/** Starts one that serves, until the test `t` ends; resolves with the address. */
export function serveTool(t, program, args, options) {
  const { child, said } = start(program, args, { ...options, detached: true });
  // What it started goes with it.
  const kill = () => process.kill(-child.pid, 'SIGKILL');
  process.on('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) kill();
    await ended;
  });
  return new Promise((resolve, reject) => {
    const look = () => {
      const [address] = said().match(ADDRESS) ?? [];
      if (address) resolve(address);
    };
    child.stdout.on('data', look);
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`${program} ended with ${code}:\n${said()}`)));
  });
}

/** A folder for what a tool makes, until the test `t` ends. */
export function newFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'talkwire-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Serves each file from the first of the folders that has it, until the test `t` ends; resolves with the address. */
export async function serveFiles(t, folders, headers = {}) {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://site').pathname);
    const body = folders.map((folder) => contents(join(folder, path))).find(Boolean);
    if (!body) return response.writeHead(404).end();
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    return response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
  });
  return `http://${await listen(t, server)}`;
}

function contents(file) {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

function start(program, args, { app = appFolder, env = {}, detached = false } = {}) {
  const child = spawn(join(app, 'node_modules', program), args, {
    cwd: app,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  return { child, said: () => stripVTControlCharacters(output) };
}
