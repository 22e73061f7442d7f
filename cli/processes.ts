import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Told what goes on, a line at a time. */
export type Log = (line: string) => void;

/** Every program of that name that the PATH leads to, in its order. */
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

/** SIGTERM, then SIGKILL for one that does not heed it. */
export async function endProcess(pid: number, graceMs: number): Promise<void> {
  signal(pid, 'SIGTERM');
  if (await isGone(pid, graceMs)) return;
  signal(pid, 'SIGKILL');
  await isGone(pid, 5_000);
}

/** Listens for an instant to see whether a port can be had. Answers the port, or why not. */
export async function tryPort(port: number, host = '127.0.0.1'): Promise<{ port: number } | { refused: string }> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve({ port })));
  });
}

/** Below what systems give to outgoing connections (Linux from 32768, others from 49152), above the well-known ones. */
const PORTS = { from: 15_000, count: 15_000 };
/** Elsewhere in each process, so that two do not ask for the same in turn; no secret. */
let nextPort = Math.floor(Math.random() * PORTS.count);

/**
 * A port on the loopback address that nobody listens on. Not one that the system would choose: between the asking and
 * the use it may give that to any other program's connection. Never the same twice in one process.
 */
export async function freePort(): Promise<number> {
  let refused = '';
  for (let tries = 0; tries < 100; tries += 1) {
    nextPort = (nextPort + 1) % PORTS.count;
    const tried = await tryPort(PORTS.from + nextPort);
    if ('port' in tried) return tried.port;
    ({ refused } = tried);
  }
  throw new Error(`no free port on the loopback address: ${refused}`);
}
