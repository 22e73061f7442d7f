import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import {
  ensureNamespace,
  readTemporalConfig,
  registerSearchAttributes,
  searchAttributes,
  type TemporalConfig,
} from '../temporal.config.ts';
import { cacheDir } from './folders.ts';
import { CommandFailure } from './failure.ts';
import { withInstallLock } from './install-lock.ts';
import { endProcess, freePort, isAlive, tryPort } from './processes.ts';
import { downloadThroughSdk, sdkDownloadPath } from './sdk-download.ts';

/** The Temporal CLI (with its development server) that this project installs where none is found; Server 1.29. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';
const goModule = 'github.com/temporalio/cli';

export type Log = (line: string) => void;
const toStderr: Log = (line) => void process.stderr.write(`${line}\n`);

export type TemporalSource =
  /** Somebody else runs it: TEMPORAL_ADDRESS. */
  | { kind: 'address'; address: string }
  | { kind: 'binary'; path: string; version: string; from: 'path' | 'cache' | 'download' | 'go' };

const run = promisify(execFile);

async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: 20_000 });
    return /^temporal version (.+)$/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

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

/** What there is to run or to reach without installing anything; nothing if there is neither. */
export async function findInstalledTemporal(env: NodeJS.ProcessEnv = process.env): Promise<TemporalSource | undefined> {
  const { address } = readTemporalConfig(env);
  if (address !== undefined) return { kind: 'address', address };
  for (const path of onPath('temporal', env)) {
    const version = await versionOf(path);
    if (version !== undefined) return { kind: 'binary', path, version, from: 'path' };
  }
  const path = sdkDownloadPath('cli', TEMPORAL_CLI_VERSION, join(cacheDir(env), 'temporal'));
  const version = existsSync(path) ? await versionOf(path) : undefined;
  return version === undefined ? undefined : { kind: 'binary', path, version, from: 'cache' };
}

/** The server to use: the configured one, one on the PATH, one installed before, or one installed now. */
export async function findTemporal(
  env: NodeJS.ProcessEnv = process.env,
  { log = toStderr }: { log?: Log } = {},
): Promise<TemporalSource> {
  const found = await findInstalledTemporal(env);
  if (found !== undefined) return found;
  const dir = join(cacheDir(env), 'temporal');
  return withInstallLock(
    dir,
    () => log('另一进程正在安装 Temporal 服务器，等待中… / waiting: another process is installing the Temporal server'),
    async () => (await findInstalledTemporal(env)) ?? (await install(dir, env, log)),
  );
}

async function install(dir: string, env: NodeJS.ProcessEnv, log: Log): Promise<TemporalSource> {
  log(`未找到 Temporal 服务器，安装 ${TEMPORAL_CLI_VERSION}（仅首次） / no Temporal server found: installing it, once`);
  let told = 0;
  const download = await downloadThroughSdk('cli', TEMPORAL_CLI_VERSION, dir, {
    progress: (megabytes) => {
      if (megabytes >= told + 10) log(`  下载中 / downloading: ${(told = megabytes)} MB`);
    },
  });
  if (download.path !== undefined) {
    const version = await versionOf(download.path);
    if (version !== undefined) return { kind: 'binary', path: download.path, version, from: 'download' };
    rmSync(download.path, { force: true });
  }
  const downloadFault = download.reason ?? 'what was downloaded does not run on this machine';
  log(`  无法下载，改用 Go 编译 / cannot be downloaded (${downloadFault}); building it with Go instead`);
  const built = await buildWithGo(dir, env, log);
  if ('path' in built) {
    const version = await versionOf(built.path);
    if (version !== undefined) return { kind: 'binary', path: built.path, version, from: 'go' };
  }
  const goFault = 'fault' in built ? built.fault : 'what was built does not run on this machine';
  throw new CommandFailure('temporal-not-found', {
    zh:
      `找不到 Temporal 服务器，也无法安装。\n  下载失败：${downloadFault}\n  编译失败：${goFault}\n` +
      `请任选其一：①安装 temporal 命令行工具并加入 PATH（https://docs.temporal.io/cli）；` +
      `②安装 Go 1.25 以上版本，必要时设置 GOPROXY 镜像，再试；③用 TEMPORAL_ADDRESS 指向已有的 Temporal 服务。`,
    en:
      `There is no Temporal server, and none could be installed.\n  download: ${downloadFault}\n  build: ${goFault}\n` +
      `Do one of these: (1) install the temporal command line tool and put it on the PATH (https://docs.temporal.io/cli); ` +
      `(2) install Go 1.25 or later, set GOPROXY to a mirror you can reach if need be, and try again; ` +
      `(3) set TEMPORAL_ADDRESS to a Temporal service that is running.`,
  });
}

async function buildWithGo(
  dir: string,
  env: NodeJS.ProcessEnv,
  log: Log,
): Promise<{ path: string } | { fault: string }> {
  const [go] = onPath('go', env);
  if (go === undefined) return { fault: 'no go on the PATH' };
  const into = join(dir, `building-${process.pid}`);
  mkdirSync(into, { recursive: true });
  const startedAt = performance.now();
  const elapsed = () => Math.round((performance.now() - startedAt) / 1000);
  const versionFlag = `-X ${goModule}/temporalcli.Version=${TEMPORAL_CLI_VERSION.slice(1)}`;
  const child = spawn(
    go,
    ['install', '-ldflags', `-s -w ${versionFlag}`, `${goModule}/cmd/temporal@${TEMPORAL_CLI_VERSION}`],
    // Without cgo no C compiler is needed, and the result does not depend on the machine's C library.
    { env: { ...env, GOBIN: into, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let modules = 0;
  let said = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading')) modules += 1;
    else said = `${said}${line}\n`.slice(-1_500);
  });
  const ticker = setInterval(() => {
    log(
      `  编译中，已用 ${elapsed()} 秒（通常 2–4 分钟） / building, ${elapsed()} s (takes 2 to 4 minutes), ${modules} modules`,
    );
  }, 5_000);
  try {
    const code = await new Promise<number | string>((settle) => {
      child.once('error', (error) => settle(error.message));
      child.once('close', (status, signal) => settle(status ?? signal ?? 'unknown'));
    });
    const built = join(into, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
    if (code !== 0 || !existsSync(built)) return { fault: said.trim() || `go install ended with ${code}` };
    chmodSync(built, 0o755);
    const path = sdkDownloadPath('cli', TEMPORAL_CLI_VERSION, dir);
    renameSync(built, path);
    log(`  已编译，用时 ${elapsed()} 秒 / built in ${elapsed()} s: ${path}`);
    return { path };
  } finally {
    clearInterval(ticker);
    rmSync(into, { recursive: true, force: true });
  }
}

export interface DevServerOptions {
  /** The server's state goes into `<dataDir>/temporal`. */
  dataDir: string;
  /** Path of the `temporal` binary; found or installed when not given. */
  executable?: string;
  /** Free ones are taken when not given. */
  port?: number;
  uiPort?: number;
  config?: Pick<TemporalConfig, 'namespace' | 'retentionDays' | 'taskQueues'>;
  log?: Log;
}

export interface DevServer {
  address: string;
  uiUrl: string;
  /** The server's own process, not its guard's. */
  pid: number;
  stateFile: string;
  /** Settles when the server has ended, asked or not; `asked` tells which. */
  exited: Promise<{ asked: boolean }>;
  stop(): Promise<void>;
}

const stopGraceMs = 10_000;
const readyWithinMs = 60_000;

/** Settings of ours, and secrets above all, are no business of the server's. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const passed = [
    'PATH',
    'HOME',
    'USER',
    'LANG',
    'TZ',
    'TMPDIR',
    'TMP',
    'TEMP',
    'SystemRoot',
    'USERPROFILE',
    'APPDATA',
  ];
  return Object.fromEntries(
    passed.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/** Starts Temporal's development server on the loopback address, with its state in a file that outlives it. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { log = toStderr, config = readTemporalConfig() } = options;
  const dir = resolve(options.dataDir, 'temporal');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const executable = options.executable ?? (await ownExecutable(log));
  const stateFile = join(dir, 'state.db');
  await endOrphan(dir, stateFile, log);

  const wanted = { port: options.port, uiPort: options.uiPort };
  for (const [what, port] of Object.entries(wanted)) await refuseTakenPort(what, port);
  const port = wanted.port ?? (await freePort());
  const uiPort = wanted.uiPort ?? (await freePort());
  const metricsPort = await freePort();

  const guard = spawn(
    process.execPath,
    [
      join(import.meta.dirname, 'guard.mjs'),
      JSON.stringify({ graceMs: stopGraceMs }),
      executable,
      ...['server', 'start-dev', '--db-filename', stateFile, '--namespace', config.namespace],
      ...[
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--ui-port',
        String(uiPort),
        '--metrics-port',
        String(metricsPort),
      ],
      ...Object.values(searchAttributes).flatMap((key) => ['--search-attribute', `${key.name}=${cliTypes[key.type]}`]),
      // A write-ahead log keeps the same promise with two to three times the starts per second of the default journal.
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
      ...['--disable-config-file', '--log-level', 'error', '--log-format', 'json', '--color', 'never'],
    ],
    // A process group of its own: Ctrl-C must reach us first, so that workers end before their server does.
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, env: serverEnvironment() },
  );
  let lastLines: string[] = [];
  const [, stdout, stderr] = guard.stdio;
  stdout?.resume();
  if (stderr)
    createInterface({ input: stderr }).on('line', (line) => {
      lastLines = [...lastLines.slice(-19), line];
      log(`[temporal] ${line}`);
    });

  let asked = false;
  let ended = false;
  const exited = once(guard, 'exit').then(() => {
    ended = true;
    return { asked };
  });
  const first = (await Promise.race([once(guard, 'message').then(([message]: unknown[]) => message), exited])) as {
    pid?: number;
    error?: string;
  };
  if (first.pid === undefined) throw startFailure([first.error ?? 'its guard ended at once']);
  const { pid } = first;
  writeFileSync(join(dir, 'server.json'), JSON.stringify({ pid, ownerPid: process.pid, port }), { mode: 0o600 });

  const server: DevServer = {
    address: `127.0.0.1:${port}`,
    uiUrl: `http://127.0.0.1:${uiPort}`,
    pid,
    stateFile,
    exited: exited.then(async (how) => {
      // A guard that was itself killed has left its charge behind.
      if (isAlive(pid)) await endProcess(pid, stopGraceMs);
      return how;
    }),
    stop: async () => {
      asked = true;
      guard.ref();
      if (!ended && guard.connected) guard.send('stop', () => undefined);
      await server.exited;
    },
  };
  guard.unref();
  guard.channel?.unref();

  try {
    await Promise.race([
      untilReady(server.address, config),
      exited.then(() => {
        throw startFailure(lastLines);
      }),
    ]);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

const cliTypes = { KEYWORD: 'Keyword', DATETIME: 'Datetime' } as const;

async function ownExecutable(log: Log): Promise<string> {
  const { TEMPORAL_ADDRESS: _elsewhere, ...env } = process.env;
  const found = await findTemporal(env, { log });
  if (found.kind === 'address') throw new Error('unreachable: no address was given');
  return found.path;
}

function startFailure(lines: string[]): CommandFailure {
  const said = lines.map((line) => `\n  ${line}`).join('');
  return new CommandFailure('temporal-start', {
    zh: `Temporal 服务器未能启动：${said}`,
    en: `The Temporal server did not start:${said}`,
  });
}

async function refuseTakenPort(what: string, port: number | undefined): Promise<void> {
  if (port === undefined) return;
  const tried = await tryPort(port);
  if ('port' in tried) return;
  const variable = what === 'port' ? 'KAIBIAO_TEMPORAL_PORT' : 'KAIBIAO_TEMPORAL_UI_PORT';
  throw new CommandFailure('port-taken', {
    zh: `端口 ${port} 不可用（${tried.refused}）。请停止占用它的程序，或用 ${variable} 另设端口。`,
    en: `Port ${port} cannot be had (${tried.refused}). Stop what uses it, or set another with ${variable}.`,
  });
}

/** Two servers on one state file would spoil it: ends one left behind by a crash, and refuses to join a live one. */
async function endOrphan(dir: string, stateFile: string, log: Log): Promise<void> {
  let noted: { pid: number; ownerPid: number };
  try {
    noted = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as typeof noted;
  } catch {
    return;
  }
  if (!(await isServerOf(noted.pid, stateFile))) return;
  // Its guard needs a moment to notice that its owner has died.
  for (let waited = 0; waited < 30 && isAlive(noted.pid) && !isAlive(noted.ownerPid); waited += 1) await sleep(100);
  if (!isAlive(noted.pid)) return;
  if (isAlive(noted.ownerPid)) {
    throw new CommandFailure('data-in-use', {
      zh: `数据目录 ${dir} 正由进程 ${noted.ownerPid} 使用，请先停止它。`,
      en: `The data folder ${dir} is in use by process ${noted.ownerPid}. Stop that one first.`,
    });
  }
  log(`结束遗留的 Temporal 服务器（进程 ${noted.pid}） / ending a Temporal server left behind (process ${noted.pid})`);
  await endProcess(noted.pid, stopGraceMs);
}

/** Process ids are used again; only one that names our state file on its command line is ours to end. */
async function isServerOf(pid: number, stateFile: string): Promise<boolean> {
  if (!isAlive(pid) || process.platform === 'win32') return false;
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]);
    return stdout.includes(stateFile);
  } catch {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(stateFile);
    } catch {
      return false;
    }
  }
}

async function untilReady(address: string, config: NonNullable<DevServerOptions['config']>): Promise<void> {
  const giveUpAt = performance.now() + readyWithinMs;
  let connection: Connection | undefined;
  while (connection === undefined) {
    try {
      connection = await Connection.connect({ address, connectTimeout: 2_000 });
    } catch (error) {
      if (performance.now() > giveUpAt) throw startFailure([error instanceof Error ? error.message : String(error)]);
      await sleep(50);
    }
  }
  try {
    // The development server has no setting for retention: it makes namespaces with one day and lets them be changed.
    await ensureNamespace(connection, config, { adjustRetention: true });
    await registerSearchAttributes(connection, config.namespace);
  } finally {
    await connection.close();
  }
}
