import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CommandFailure } from '../settings/failure.ts';
import { endProcess, isAlive } from './processes.ts';

interface GuardedOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The user to run it as; default: our own. */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end before it is killed. */
  readonly graceMs: number;
  /** Called with each line of its output. */
  readonly onLine: (line: string, output: 'stdout' | 'stderr') => void;
}

/** A third-party server that ends with this process, however this process ends. */
export interface Guarded {
  /** The server's own process, not its guard's. */
  readonly pid: number;
  /** Resolves when it has ended; `asked`: whether it was requested. */
  readonly exited: Promise<{ readonly stopRequested: boolean }>;
  /** Its last output. */
  lastLines(): readonly string[];
  /** Ends it, by its own signal unless another is given, and returns when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** @throws Error where the program cannot be run at all */
async function startGuarded(options: GuardedOptions): Promise<Guarded> {
  const { program, args, env, cwd, user, stopSignal, graceMs } = options;
  const identity = user ? { uid: user.uid, gid: user.gid } : {};
  const [interpreter, script] = process.platform === 'win32' ? [process.execPath, 'guard.mjs'] : ['sh', 'guard.sh'];
  const guard = spawn(
    interpreter,
    [join(import.meta.dirname, script), String(Math.ceil(graceMs / 1_000)), nameOf(stopSignal), program, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A process group of its own: Ctrl-C must reach us first, so that what uses the server ends before it.
      detached: true,
      env: { PATH: process.env.PATH, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...identity,
    },
  );
  const [, , , lifeline, reported] = guard.stdio as unknown as [null, Readable, Readable, Writable, Readable];
  // A guard that was killed reads nothing.
  lifeline.on('error', () => undefined);
  let lines: string[] = [];
  for (const output of ['stdout', 'stderr'] as const) {
    const input = guard[output];
    if (!input) continue;
    createInterface({ input }).on('line', (line) => {
      lines = [...lines.slice(-19), line];
      options.onLine(line, output);
    });
  }
  let stopRequested = false;
  let ended = false;
  const guardGone = once(guard, 'exit').then(() => {
    ended = true;
  });
  const first = await Promise.race([once(reported, 'data').then(([said]: unknown[]) => String(said)), guardGone]);
  if (first === undefined) throw new Error('its guard ended at once');
  const pid = Number(first);
  guard.unref();
  for (const pipe of [lifeline, reported]) (pipe as Socket).unref();
  const exited = guardGone.then(async () => {
    // If the guard was killed, the server may still run.
    if (isAlive(pid)) await endBySignal(pid, stopSignal, graceMs);
    return { stopRequested };
  });
  return {
    pid,
    exited,
    lastLines: () => lines,
    end: async (signal = stopSignal) => {
      stopRequested = true;
      guard.ref();
      if (!ended) lifeline.write(`${nameOf(signal)}\n`);
      await exited;
    },
  };
}

/** As `kill -s` takes it. */
const nameOf = (signal: NodeJS.Signals): string => signal.replace(/^SIG/, '');

async function endBySignal(pid: number, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
  for (const until = performance.now() + graceMs; isAlive(pid) && performance.now() < until;) await sleep(50);
  if (isAlive(pid)) await endProcess(pid, 0);
}

const NOTE = 'server.json';

export interface ServerOptions extends GuardedOptions {
  /** The server's own folder, with a note of its process for `endLeftBehind`. */
  readonly dir: string;
  readonly port: number;
  /** Returns when the server answers. */
  readonly ready: () => Promise<void>;
  /** The error for a server that did not start, from its last lines. */
  readonly failure: (lines: readonly string[]) => CommandFailure;
}

/** Starts a server and returns when it answers; a server that exits or never answers is ended and reported. */
export async function startServer({ dir, port, ready, failure, ...options }: ServerOptions): Promise<Guarded> {
  const started = await startGuarded(options).catch((error: Error) => {
    throw failure([error.message]);
  });
  const note = JSON.stringify({ pid: started.pid, port, ownerPid: process.pid });
  writeFileSync(join(dir, NOTE), note, { mode: 0o600 });
  try {
    await Promise.race([
      ready(),
      started.exited.then(() => {
        throw failure(started.lastLines());
      }),
    ]);
  } catch (error) {
    await started.end();
    throw error;
  }
  return started;
}

/**
 * Two servers on one folder would corrupt it: ends one left behind by a crash, and refuses to join a live one. `mark`
 * is unique to its command line: process ids are reused.
 *
 * @throws CommandFailure `data-in-use`
 */
export async function endLeftBehind(
  dir: string,
  mark: string,
  options: { name: string; signal: NodeJS.Signals; graceMs: number; log: (line: string) => void },
): Promise<void> {
  let noted: { pid: number; ownerPid: number };
  try {
    noted = JSON.parse(readFileSync(join(dir, NOTE), 'utf8')) as typeof noted;
  } catch {
    return;
  }
  if (!(await commandLine(noted.pid)).includes(mark)) return;
  const { pid, ownerPid } = noted;
  // Its guard needs a moment to notice that its owner has died.
  for (let waited = 0; waited < 30 && isAlive(pid) && !isAlive(ownerPid); waited += 1) await sleep(100);
  if (!isAlive(pid)) return;
  if (isAlive(ownerPid)) {
    throw new CommandFailure('data-in-use', {
      zh: `数据目录 ${dir} 正由进程 ${ownerPid} 使用，请先停止它。`,
      en: `The data folder ${dir} is in use by process ${ownerPid}. Stop that one first.`,
    });
  }
  const { name, signal, graceMs, log } = options;
  log(`结束遗留的 ${name}（进程 ${pid}） / ending a ${name} left behind (process ${pid})`);
  await endBySignal(pid, signal, graceMs);
}

/** The port of the server of a folder, if it runs. */
export async function portOfRunning(dir: string, mark: string): Promise<number | undefined> {
  try {
    const { pid, port } = JSON.parse(readFileSync(join(dir, NOTE), 'utf8')) as { pid: number; port: number };
    return (await commandLine(pid)).includes(mark) ? port : undefined;
  } catch {
    return undefined;
  }
}

async function commandLine(pid: number): Promise<string> {
  if (!isAlive(pid) || process.platform === 'win32') return '';
  try {
    return (await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)])).stdout;
  } catch {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  }
}
