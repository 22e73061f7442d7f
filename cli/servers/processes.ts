import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../settings/failure.ts';

/** Called with each line of progress. */
export type Log = (line: string) => void;

/** Every program of that name on the PATH, in its order. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, file))
    .filter((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function isGone(pid: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isAlive(pid)) {
    if (performance.now() > until) return false;
    await sleep(50);
  }
  return true;
}

/** SIGTERM, then SIGKILL if it does not end. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM');
  if (await isGone(pid, graceMs)) return;
  signal(pid, 'SIGKILL');
  await isGone(pid, 5_000);
}

/** Listens for a moment to check whether a port is free. Returns the port, or why it is not. */
export async function tryPort(port: number, host = '127.0.0.1'): Promise<{ port: number } | { refused: string }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve({ port })));
  });
}

/** A port that a process is about to listen on, and the settings that give it another. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly settings: string;
}

/** @throws CommandFailure `port-taken` */
export async function assertPortFree({ host, port, settings }: Listening): Promise<void> {
  if (port === 0) return;
  const tried = await tryPort(port, host);
  if (!('port' in tried)) throw portTaken({ host, port, settings }, tried.refused);
}

export const portTaken = ({ host, port, settings }: Listening, refused: string): CommandFailure =>
  new CommandFailure('port-taken', {
    zh: `无法监听 ${host}:${port}（${refused}）；请停用占用者，或用 ${settings} 另设`,
    en: `cannot listen on ${host}:${port} (${refused}); stop what uses it, or set ${settings}`,
  });

/** Below what systems use for outgoing connections (Linux from 32768, others from 49152), above the well-known ones. */
const PORTS = { from: 15_000, count: 15_000 };
const BLOCK = 30;
/** Ports that this process may still use; it listens on the first of each block, so that no other takes the block. */
let left: number[] = [];

/**
 * A free port on the loopback address. Not chosen by the system: before it is used the system may give that port to
 * any other program's connection. Never the same twice in one process, and never one that another live process of ours
 * has reserved, even if it does not listen on it yet, or not at the moment.
 *
 * @param random where to start the search: from 0, below 1; no secret
 */
export async function freePort(random: () => number = Math.random): Promise<number> {
  for (;;) {
    const port = left.shift();
    if (port === undefined) left = await takeBlock(random);
    else if ('port' in (await tryPort(port))) return port;
  }
}

/** The system releases the block when the process ends, however it ends. */
async function takeBlock(random: () => number): Promise<number[]> {
  const blocks = PORTS.count / BLOCK;
  const anywhere = Math.floor(random() * blocks);
  for (let tries = 0; tries < blocks; tries += 1) {
    const first = PORTS.from + ((anywhere + tries) % blocks) * BLOCK;
    if (await holds(first)) return Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index);
  }
  throw new Error(`no free ports on the loopback address from ${PORTS.from} on`);
}

async function holds(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true));
    server.unref();
  });
}
