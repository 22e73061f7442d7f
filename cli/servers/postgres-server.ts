import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { CommandFailure } from '../settings/failure.ts';
import { cacheDir } from '../settings/folders.ts';
import { endLeftBehind, startServer, type Guarded } from './guarded.ts';
import { withInstallLock } from './install-lock.ts';
import { freePort, onPath, tryPort, type Log } from './processes.ts';

/** The oldest PostgreSQL that is used. */
export const OLDEST_POSTGRES = 15;

export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

export interface PostgresOptions {
  /** The server's own folder, made if need be: its data, the password of its superuser, what is noted of it. */
  readonly dir: string;
  /** A free one is taken when not given. */
  readonly port?: number;
  /** Settings of PostgreSQL, as `{ fsync: 'off' }` for data that may be lost. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onProgress: Log;
}

export interface PostgresServer {
  /** Of the database `postgres`, as the superuser: holds the password. */
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Settles when the server that runs now has ended; `asked` tells whether it was to. */
  readonly exited: Promise<{ asked: boolean }>;
  /** `fast` ends what clients do and writes everything down; `immediate` is what a power cut does. */
  restart(mode?: 'fast' | 'immediate'): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const SUPERUSER = 'postgres';
const READY_WITHIN_MS = 60_000;
/** The fast shutdown; SIGTERM would wait for clients to leave. */
const STOP_SIGNAL = 'SIGINT';
const STOP_GRACE_MS = 30_000;
const INSTALL_WITHIN_MS = 10 * 60_000;

async function majorOf(postgres: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(postgres, ['--version'], { timeout: 20_000 });
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? Number.NaN) || undefined;
  } catch {
    return undefined;
  }
}

function children(dir: string): string[] {
  try {
    return readdirSync(dir).map((name) => join(dir, name));
  } catch {
    return [];
  }
}

/** The servers on this machine, the one on the PATH first, then the newest where packages put them. */
async function installedPostgres(env: NodeJS.ProcessEnv): Promise<PostgresPrograms[]> {
  // Debian and its kin, Red Hat and its kin, Homebrew.
  const packaged = [
    ...children('/usr/lib/postgresql'),
    ...children('/usr').filter((dir) => dir.startsWith('/usr/pgsql-')),
    ...children('/opt/homebrew/opt').filter((dir) => dir.includes('/postgresql@')),
  ].map((dir) => join(dir, 'bin/postgres'));
  const found = new Map<string, PostgresPrograms>();
  for (const path of [...onPath('postgres', env), ...packaged]) {
    if (!existsSync(path)) continue;
    const postgres = realpathSync(path);
    const initdb = join(dirname(postgres), 'initdb');
    const major = existsSync(initdb) ? await majorOf(postgres) : undefined;
    if (major !== undefined && major >= OLDEST_POSTGRES) found.set(postgres, { initdb, postgres, major });
  }
  const [first, ...others] = found.values();
  if (first === undefined) return [];
  const isOnPath = onPath('postgres', env).some((path) => realpathSync(path) === first.postgres);
  const byVersion = (list: PostgresPrograms[]) => list.sort((a, b) => b.major - a.major);
  return isOnPath ? [first, ...byVersion(others)] : byVersion([first, ...others]);
}

/** Data that exists is only read by the major version that wrote it. */
function fitting(installed: readonly PostgresPrograms[], wanted: number | undefined): PostgresPrograms | undefined {
  return installed.find(({ major }) => wanted === undefined || major === wanted);
}

/**
 * The programs of a PostgreSQL to run: the one on the PATH or where packages put it; a root user of Debian or Ubuntu is
 * spared installing the package by hand. The server that a package starts for itself is never used.
 *
 * @throws CommandFailure `postgres-not-found`
 */
export async function findPostgres(env: NodeJS.ProcessEnv, log: Log, wanted?: number): Promise<PostgresPrograms> {
  const found = fitting(await installedPostgres(env), wanted);
  if (found) return found;
  const fault = await installPostgres(env, log);
  const now = await installedPostgres(env);
  const installed = fitting(now, wanted);
  if (installed) return installed;
  const version = wanted === undefined ? `${OLDEST_POSTGRES}` : String(wanted);
  const there = now.map(({ postgres, major }) => `\n  ${postgres} (${major})`).join('');
  throw new CommandFailure('postgres-not-found', {
    zh:
      `找不到可用的 PostgreSQL（需要 ${wanted === undefined ? `${version} 或更高版本` : `${version} 版，数据由它写成`}）：${fault}${there}\n` +
      `请任选其一：①以 root 运行 apt-get install postgresql，或从 https://www.postgresql.org/download/ 安装；` +
      `②已安装时，把其 bin 目录（内有 postgres 与 initdb）加入 PATH。`,
    en:
      `No PostgreSQL to run (${wanted === undefined ? `${version} or later` : `${version}, which wrote the data`}, is needed): ${fault}${there}\n` +
      `Do one of these: (1) as root, apt-get install postgresql, or install it from https://www.postgresql.org/download/; ` +
      `(2) where it is installed, put its bin folder, which holds postgres and initdb, on the PATH.`,
  });
}

/** @returns why there is none even now, or what was done. */
async function installPostgres(env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  if (process.getuid?.() !== 0) return 'not installed, and only root may install it';
  const [aptGet] = onPath('apt-get', env);
  if (aptGet === undefined) return 'not installed, and there is no apt-get to install it with';
  const lock = join(cacheDir(env), 'postgres');
  return withInstallLock(
    lock,
    () => log('另一进程正在安装 PostgreSQL，等待中… / waiting: another process is installing PostgreSQL'),
    async () => {
      if ((await installedPostgres(env)).length > 0) return 'what is installed is of another version';
      log('未找到 PostgreSQL，用 apt-get 安装（仅首次） / no PostgreSQL found: installing it with apt-get, once');
      const options = {
        timeout: INSTALL_WITHIN_MS,
        maxBuffer: 64 * 1024 * 1024,
        // RUNLEVEL=1 keeps the package from starting a server of its own, which nobody has asked for.
        env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      };
      try {
        await run(aptGet, ['update', '-qq'], options);
        await run(aptGet, ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], options);
        return `what apt-get installs is older than ${OLDEST_POSTGRES}`;
      } catch (error) {
        const { stderr = '', message } = error as { stderr?: string; message: string };
        return `apt-get: ${stderr.trim().split('\n').slice(-5).join('\n  ') || message}`;
      }
    },
  );
}

interface Identity {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

/** PostgreSQL refuses to run as root: then it runs as the package's user, or as nobody. */
function unprivileged(dir: string): Identity | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]): Identity => ({ name, uid: Number(uid), gid: Number(gid) }));
  // Data that exists belongs to whoever wrote it.
  const owner = existsSync(join(dir, 'data')) ? statSync(join(dir, 'data')).uid : 0;
  const user =
    users.find(({ uid }) => owner !== 0 && uid === owner) ??
    users.find(({ name }) => name === 'postgres') ??
    users.find(({ name }) => name === 'nobody');
  if (user) return user;
  throw new CommandFailure('postgres-user', {
    zh: 'PostgreSQL 不能以 root 运行，本机又没有 postgres 或 nobody 用户。请新建 postgres 用户，或以普通用户运行本命令。',
    en: 'PostgreSQL does not run as root, and there is neither a user postgres nor nobody. Make a user postgres, or run this as an ordinary user.',
  });
}

/** The folder is for its user alone; the folders above it must let that user through. */
async function prepareFolder(dir: string, user: Identity | null): Promise<void> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  if (!user) return;
  chownSync(dir, user.uid, user.gid);
  try {
    // Not as its working folder, which is entered before the identity changes.
    await run('ls', [dir], { uid: user.uid, gid: user.gid, cwd: '/' });
  } catch (error) {
    throw new CommandFailure(
      'postgres-folder',
      {
        zh: `用户 ${user.name} 无法进入 ${dir}（PostgreSQL 不能以 root 运行）。请用 KAIBIAO_DATA_DIR 换一个目录（如 /var/lib/kaibiao），或对其上级目录执行 chmod o+x，或以普通用户运行。`,
        en: `The user ${user.name} cannot enter ${dir} (PostgreSQL does not run as root). Choose another folder with KAIBIAO_DATA_DIR, as /var/lib/kaibiao, or chmod o+x the folders above it, or run this as an ordinary user.`,
      },
      { cause: error },
    );
  }
}

/** Made under another name and then renamed, so that what was interrupted half-way is never taken for data. */
async function initialise(
  dir: string,
  programs: PostgresPrograms,
  user: Identity | null,
  lasting: boolean,
): Promise<void> {
  const making = join(dir, 'data.making');
  rmSync(making, { recursive: true, force: true });
  const passwordFile = join(dir, 'superuser-password');
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    ...['--pgdata', making, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    // One order of text and one encoding on every machine; pages that a disk has spoilt are told from whole ones.
    ...['--encoding', 'UTF8', '--locale', 'C', '--data-checksums', '--no-instructions'],
    ...(lasting ? [] : ['--no-sync']),
  ];
  try {
    await run(programs.initdb, args, { ...user, cwd: dir, env: postgresEnvironment() });
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw startFailure([stderr.trim() || message]);
  }
  renameSync(making, join(dir, 'data'));
}

/** Settings of ours, and secrets above all, are no business of the server's. */
function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TZ } = process.env;
  return { LANG: 'C.UTF-8', ...(PATH === undefined ? {} : { PATH }), ...(TZ === undefined ? {} : { TZ }) };
}

function startFailure(lines: readonly string[]): CommandFailure {
  const said = lines.map((line) => `\n  ${line}`).join('');
  return new CommandFailure('postgres-start', {
    zh: `PostgreSQL 未能启动：${said}`,
    en: `PostgreSQL did not start:${said}`,
  });
}

/**
 * Starts a PostgreSQL of our own on the loopback address, with a folder of its own that outlives it. It listens on no
 * socket but that one port, and ends with this process, however this process ends.
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
  const programs = await findPostgres(process.env, log, written);
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
    // What clients get wrong they are told themselves; a log of it would keep what was in their statements.
    log_min_error_statement: 'panic',
    ...settings,
  };
  const args = ['-D', data, ...Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let running = await launch();

  /** What a killed server leaves behind of itself takes a moment to go. */
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

  async function launchOnce(heard: (line: string) => void): Promise<Guarded> {
    return startServer({
      program: programs.postgres,
      args,
      env: postgresEnvironment(),
      cwd: dir,
      user,
      stopSignal: STOP_SIGNAL,
      graceMs: STOP_GRACE_MS,
      onLine: (line) => {
        heard(line);
        // Who connects while it comes up or goes down is told so, and tries again.
        if (
          / (PANIC|FATAL):/.test(line) &&
          !/the database system is|terminating connection|pre-existing shared memory/.test(line)
        ) {
          log(`[postgres] ${line}`);
        }
      },
      dir,
      port,
      ready: () => untilAnswers(url),
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

async function untilAnswers(url: string): Promise<void> {
  for (const giveUpAt = performance.now() + READY_WITHIN_MS; ;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    // One that is cut off while it connects says so twice.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (performance.now() > giveUpAt) throw startFailure([error instanceof Error ? error.message : String(error)]);
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** Whom a database belongs to: a role that may sign in and has no other rights. */
export interface DatabaseOwner {
  readonly name: string;
  readonly password: string;
}

/**
 * Makes a database, unless it exists, and answers its address: as its owner, who is made too, or as the superuser where
 * none is named.
 */
export async function createDatabase(
  server: Pick<PostgresServer, 'url'>,
  name: string,
  owner?: DatabaseOwner,
): Promise<string> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const exists = async (question: string, what: string) => (await client.query(question, [what])).rowCount !== 0;
    if (owner) {
      const role = client.escapeIdentifier(owner.name);
      if (!(await exists('select 1 from pg_roles where rolname = $1', owner.name))) {
        await client.query(`create role ${role} login`);
      }
      await client.query(`alter role ${role} password ${client.escapeLiteral(owner.password)}`);
    }
    if (!(await exists('select 1 from pg_database where datname = $1', name))) {
      const owned = owner ? ` owner ${client.escapeIdentifier(owner.name)}` : '';
      await client.query(`create database ${client.escapeIdentifier(name)}${owned}`);
    }
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  if (owner) {
    url.username = encodeURIComponent(owner.name);
    url.password = encodeURIComponent(owner.password);
  }
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}
