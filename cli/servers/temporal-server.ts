import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import {
  ensureNamespace,
  readTemporalConfig,
  registerSearchAttributes,
  searchAttributes,
  type TemporalConfig,
} from '../../temporal.config.ts';
import { cacheDir } from '../settings/folders.ts';
import { CommandFailure } from '../settings/failure.ts';
import { buildWithGo } from './go-build.ts';
import { TEMPORAL_CLI, TEMPORAL_CLI_VERSION } from './go-install.mjs';
import { endLeftBehind, portOfRunning, startServer } from './guarded.ts';
import { withInstallLock } from './install-lock.ts';
import { freePort, onPath, tryPort, type Log } from './processes.ts';
import { withProgress } from './progress.ts';
import { downloadThroughSdk, sdkDownloadPath } from './sdk-download.ts';

const toStderr: Log = (line) => void process.stderr.write(`${line}\n`);

export type TemporalSource =
  /** An external server: TEMPORAL_ADDRESS. */
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

/** A server that can be run or reached without installing anything; undefined if there is none. */
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
    { title: '等待另一进程安装 Temporal / waiting for another process that installs it', log },
    async () => (await findInstalledTemporal(env)) ?? (await install(dir, env, log)),
  );
}

async function install(dir: string, env: NodeJS.ProcessEnv, log: Log): Promise<TemporalSource> {
  log(`未找到 Temporal 服务器，安装 ${TEMPORAL_CLI_VERSION}（仅首次） / no Temporal server found: installing it, once`);
  let received = 0;
  const download = await withProgress({ title: '下载 / downloading', detail: () => `${received} MB` }, log, () =>
    downloadThroughSdk('cli', TEMPORAL_CLI_VERSION, dir, { progress: (megabytes) => (received = megabytes) }),
  );
  if (download.path !== undefined) {
    const version = await versionOf(download.path);
    if (version !== undefined) return { kind: 'binary', path: download.path, version, from: 'download' };
    rmSync(download.path, { force: true });
  }
  const downloadFault = download.reason ?? 'what was downloaded does not run on this machine';
  log(`  无法下载，改用 Go 编译 / cannot be downloaded (${downloadFault}); building it with Go instead`);
  const built = await buildWithGo(
    {
      ...TEMPORAL_CLI,
      to: sdkDownloadPath('cli', TEMPORAL_CLI_VERSION, dir),
      usually: '2–4 min',
    },
    env,
    log,
  );
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

export interface DevServerOptions {
  /** The server's state is stored in `<dataDir>/temporal`. */
  dataDir: string;
  /** Path of the `temporal` binary; found or installed when not given. */
  executable?: string;
  /** Default: free ports. */
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
  /** Resolves when the server has ended; `asked`: whether it was requested. */
  exited: Promise<{ stopRequested: boolean }>;
  stop(): Promise<void>;
}

const stopGraceMs = 10_000;
const readyWithinMs = 60_000;

/** The server must not get our settings, secrets above all. */
export function serverEnvironment(): NodeJS.ProcessEnv {
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
  await endLeftBehind(dir, stateFile, {
    name: 'Temporal',
    signal: 'SIGTERM',
    graceMs: stopGraceMs,
    log,
  });

  const wanted = { port: options.port, uiPort: options.uiPort };
  for (const [what, port] of Object.entries(wanted)) await refuseTakenPort(what, port);
  const port = wanted.port ?? (await freePort());
  const uiPort = wanted.uiPort ?? (await freePort());
  const metricsPort = await freePort();

  const address = `127.0.0.1:${port}`;
  const server = await startServer({
    program: executable,
    args: [
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
      // A write-ahead log is as durable, with two to three times the starts per second of the default journal.
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
      ...['--disable-config-file', '--log-level', 'error', '--log-format', 'json', '--color', 'never'],
    ],
    env: serverEnvironment(),
    stopSignal: 'SIGTERM',
    graceMs: stopGraceMs,
    onLine: (line, output) => output === 'stderr' && log(`[temporal] ${line}`),
    dir,
    port,
    ready: () => untilReady(address, config),
    failure: startFailure,
  });
  const { pid, exited } = server;
  const uiUrl = `http://127.0.0.1:${uiPort}/namespaces/${encodeURIComponent(config.namespace)}/workflows`;
  return { address, uiUrl, pid, stateFile, exited, stop: () => server.end() };
}

const cliTypes = { KEYWORD: 'Keyword', DATETIME: 'Datetime' } as const;

async function ownExecutable(log: Log): Promise<string> {
  const { TEMPORAL_ADDRESS: _elsewhere, ...env } = process.env;
  const found = await findTemporal(env, { log });
  if (found.kind === 'address') throw new Error('unreachable: no address was given');
  return found.path;
}

function startFailure(lines: readonly string[]): CommandFailure {
  const output = lines.map((line) => `\n  ${line}`).join('');
  return new CommandFailure('temporal-start', {
    zh: `Temporal 服务器未能启动：${output}`,
    en: `The Temporal server did not start:${output}`,
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

/** The address of the server of a data folder, if it runs. */
export async function runningDevServer(dataDir: string): Promise<string | undefined> {
  const dir = resolve(dataDir, 'temporal');
  const port = await portOfRunning(dir, join(dir, 'state.db'));
  return port === undefined ? undefined : `127.0.0.1:${port}`;
}

export async function untilReady(address: string, config: NonNullable<DevServerOptions['config']>): Promise<void> {
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
    // The development server has no setting for retention: it creates namespaces with one day and allows updates.
    await ensureNamespace(connection, config, { adjustRetention: true });
    await registerSearchAttributes(connection, config.namespace);
  } finally {
    await connection.close();
  }
}
