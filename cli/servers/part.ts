import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../settings/failure.ts';
import { projectRoot } from '../settings/folders.ts';
import { endProcess } from './processes.ts';

const STOP_GRACE_MS = 25_000;
/** Waits before a dead part is restarted (ms), doubled up to the longest. */
const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 5_000;
/** A part that ran this long had started well: the next wait is the shortest again (ms). */
const STARTED_WELL_MS = 30_000;

const PROGRAM = join(projectRoot, 'cli/kaibiao.mjs');

/** Of glibc, which keeps memory for each thread that ever asked for some; those of a part mostly wait. */
const FEW_ARENAS = { MALLOC_ARENA_MAX: '1' };
/** What passes through a part is small (MB); with more room the heap would only grow. */
const YOUNG_HEAP = '--max-semi-space-size=1';

type Start = (program: string, args: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;

/** @param logTo where it writes its log: our own standard output, or our standard error */
export const startApart =
  (logTo: 'stdout' | 'stderr'): Start =>
  (program, args, env) =>
    spawn(process.execPath, [YOUNG_HEAP, program, ...args], {
      env: { ...FEW_ARENAS, ...env },
      stdio: ['ignore', logTo === 'stdout' ? 'inherit' : 2, 'inherit', 'ipc'],
      // Ctrl-C reaches only us: the parts end in their order.
      detached: true,
    });

/** A command of ours in its own process, restarted whenever it dies. */
export class Part {
  /** Resolves when it answers for the first time; rejects if it ends before that. */
  readonly ready: Promise<void>;
  private child: ChildProcess | undefined;
  private readonly running: Promise<void>;

  constructor(
    readonly name: string,
    private readonly command: readonly [string, ...string[]],
    private readonly env: NodeJS.ProcessEnv,
    private readonly stopping: AbortSignal,
    private readonly log: (line: string) => void,
    private readonly start: Start = startApart('stdout'),
  ) {
    let answered = (): void => undefined;
    let failed = (_error: unknown): void => undefined;
    this.ready = new Promise((resolve, reject) => {
      answered = resolve;
      failed = reject;
    });
    this.running = this.keep(answered, failed);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  private async keep(answered: () => void, failed: (error: unknown) => void): Promise<void> {
    let wait = FIRST_RESTART_MS;
    let everReady = false;
    while (!this.stopping.aborted) {
      const startedAt = performance.now();
      const child = this.start(PROGRAM, this.command, this.env);
      this.child = child;
      child.once('message', () => {
        everReady = true;
        answered();
      });
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
      if (this.stopping.aborted) return;
      const how = signal ?? `code ${code ?? '?'}`;
      if (!everReady) {
        failed(
          new CommandFailure('part-failed', {
            zh: `${this.name} 未能启动（${how}），原因见上方日志`,
            en: `${this.name} did not start (${how}); see the log above`,
          }),
        );
        return;
      }
      this.log(`${this.name} 意外退出（${how}），正在重启 / ${this.name} ended unasked: starting it again`);
      wait =
        performance.now() - startedAt > STARTED_WELL_MS ? FIRST_RESTART_MS : Math.min(wait * 2, LONGEST_RESTART_MS);
      await sleep(wait, undefined, { signal: this.stopping }).catch(() => undefined);
    }
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      await endProcess(child.pid, STOP_GRACE_MS);
    }
    await this.running;
  }
}

/** Restarts a part, as often as needed; null if it is stopped meanwhile. */
export async function again<T>(
  start: () => Promise<T>,
  stopping: AbortSignal,
  log: (line: string) => void,
): Promise<T | null> {
  for (let wait = FIRST_RESTART_MS; !stopping.aborted; wait = Math.min(wait * 2, LONGEST_RESTART_MS)) {
    try {
      return await start();
    } catch (error) {
      log(`${error instanceof Error ? error.message : String(error)}`);
      await sleep(wait, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}

/**
 * Restarts a server whenever it ends unexpectedly, until `stopping`; the returned function then stops it permanently.
 */
export function keepUp(
  name: string,
  server: { readonly exited: Promise<{ stopRequested: boolean }>; restart(): Promise<void>; stop(): Promise<void> },
  stopping: AbortSignal,
  log: (line: string) => void,
): () => Promise<void> {
  const keep = async (): Promise<void> => {
    while (!stopping.aborted) {
      const { stopRequested } = await server.exited;
      if (stopRequested || stopping.aborted) return;
      log(`${name} 意外退出，正在重启 / ${name} ended unasked: starting it again`);
      await again(() => server.restart(), stopping, log);
    }
  };
  const kept = keep();
  return async () => {
    await server.stop();
    await kept;
    // A server that was just being restarted.
    await server.stop();
  };
}
