import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../settings/failure.ts';
import { endLeftBehind, startServer, type Guarded } from './guarded.ts';
import { untilAnswers } from './postgres-databases.ts';
import {
  initialise,
  postgresEnvironment,
  prepareFolder,
  startFailure,
  SUPERUSER,
  unprivileged,
} from './postgres-folder.ts';
import { findPostgres } from './postgres-programs.ts';
import { freePort, tryPort, type Log } from './processes.ts';

export interface PostgresOptions {
  /** The server's own folder, created if missing: its data, the password of its superuser, a note of its process. */
  readonly dir: string;
  /** Default: a free port. */
  readonly port?: number;
  /** Settings of PostgreSQL, such as `{ fsync: 'off' }` for data that may be lost. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress: Log;
}

export interface PostgresServer {
  /** Address of the database `postgres`, as the superuser: contains the password. */
  readonly url: string;
  readonly port: number;
  /** Of the current process. */
  readonly pid: number;
  /** Resolves when the current server has ended; `asked`: whether it was requested. */
  readonly exited: Promise<{ stopRequested: boolean }>;
  /** `fast` aborts what clients do and flushes everything; `immediate` is like a power cut. */
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** The fast shutdown; SIGTERM would wait for clients to leave. */
const STOP_SIGNAL = 'SIGINT';
const STOP_GRACE_MS = 30_000;

/**
 * Starts a PostgreSQL of our own on the loopback address, with a folder of its own that outlives it. It listens only
 * on that one port, and ends with this process, however this process ends.
 *
 * @throws CommandFailure `postgres-not-found`, `postgres-folder`, `postgres-start`, `port-taken` or `data-in-use`
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { settings = {}, onProgress: log } = options;
  const dir = resolve(options.dir);
  const data = join(dir, 'data');
  const written = existsSync(join(data, 'PG_VERSION'))
    ? Number.parseInt(readFileSync(join(data, 'PG_VERSION'), 'utf8'), 10)
    : undefined;
  const programs = await findPostgres(process.env, written);
  const user = unprivileged(dir);
  await prepareFolder(dir, user);
  if (written === undefined) {
    log(
      `正在建立 PostgreSQL ${programs.major} 数据目录 / making the data folder of PostgreSQL ${programs.major}: ${data}`,
    );
    await initialise(dir, programs, user, settings.fsync !== 'off');
  }
  await endLeftBehind(dir, data, { name: 'PostgreSQL', signal: STOP_SIGNAL, graceMs: STOP_GRACE_MS, log });
  const port = options.port ?? (await freePort());
  const tried = await tryPort(port);
  if ('refused' in tried) {
    throw new CommandFailure('port-taken', {
      zh: `PostgreSQL 的端口 ${port} 不可用（${tried.refused}）。请停止占用它的程序，或另设端口。`,
      en: `Port ${port} for PostgreSQL cannot be had (${tried.refused}). Stop what uses it, or set another.`,
    });
  }
  const password = readFileSync(join(dir, 'superuser-password'), 'utf8').trim();
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`;
  const chosen = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    // Clients get their own errors; logging them would keep the contents of their statements.
    log_min_error_statement: 'panic',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let running = await launch();

  /** The leftovers of a killed server take a moment to disappear. */
  async function launch(): Promise<Guarded> {
    for (const giveUpAt = performance.now() + STOP_GRACE_MS; ; await sleep(200)) {
      const lines: string[] = [];
      try {
        return await launchOnce((line) => lines.push(line));
      } catch (error) {
        const inUse = lines.some((line) => line.includes('pre-existing shared memory block'));
        if (!inUse || performance.now() > giveUpAt) throw error;
      }
    }
  }

  async function launchOnce(onLine: (line: string) => void): Promise<Guarded> {
    return startServer({
      program: programs.postgres,
      args,
      env: postgresEnvironment(),
      cwd: dir,
      user,
      stopSignal: STOP_SIGNAL,
      graceMs: STOP_GRACE_MS,
      onLine: (line) => {
        onLine(line);
        // A client that connects during a start or stop gets an error and retries.
        if (
          / (PANIC|FATAL):/.test(line) &&
          !/the database system is|terminating connection|pre-existing shared memory/.test(line)
        ) {
          log(`[postgres] ${line}`);
        }
      },
      dir,
      port,
      ready: () =>
        untilAnswers(url, READY_WITHIN_MS).catch((error: unknown) => {
          throw startFailure([error instanceof Error ? error.message : String(error)]);
        }),
      failure: startFailure,
    });
  }

  return {
    url,
    port,
    get pid() {
      return running.pid;
    },
    get exited() {
      return running.exited;
    },
    restart: async (mode = 'fast') => {
      await running.end(mode === 'fast' ? STOP_SIGNAL : 'SIGQUIT');
      running = await launch();
    },
    stop: () => running.end(),
  };
}
