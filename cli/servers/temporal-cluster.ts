import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TemporalConfig } from '../../temporal.config.ts';
import { CommandFailure } from '../settings/failure.ts';
import { cacheDir } from '../settings/folders.ts';
import { buildWithGo } from './go-build.ts';
import { endLeftBehind, startServer, type Guarded } from './guarded.ts';
import { withInstallLock } from './install-lock.ts';
import { createDatabase, type DatabaseRole } from './postgres-databases.ts';
import type { PostgresServer } from './postgres-server.ts';
import { freePort, tryPort, type Log } from './processes.ts';
import { serverEnvironment, untilReady } from './temporal-server.ts';

/** The production server, of the same version as the one inside the installed development server. */
export const TEMPORAL_SERVER_VERSION = 'v1.29.1';
const goModule = 'go.temporal.io/server';

export interface TemporalPrograms {
  readonly server: string;
  /** Creates and upgrades the schema; it contains the schema files of its version. */
  readonly sqlTool: string;
}

const run = promisify(execFile);

/**
 * The production server and its schema tool: built earlier, or built now from the pinned module. The official images
 * contain the same programs; a machine without containers has to build them.
 *
 * @throws CommandFailure `temporal-not-built`
 */
export async function findTemporalPrograms(env: NodeJS.ProcessEnv, log: Log): Promise<TemporalPrograms> {
  const dir = join(cacheDir(env), 'temporal-cluster');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const programs = {
    server: join(dir, `temporal-server-${TEMPORAL_SERVER_VERSION}${suffix}`),
    sqlTool: join(dir, `temporal-sql-tool-${TEMPORAL_SERVER_VERSION}${suffix}`),
  };
  const built = () => existsSync(programs.server) && existsSync(programs.sqlTool);
  if (built()) return programs;
  return withInstallLock(
    dir,
    { title: '等待另一进程编译 / waiting for another process that builds it', log },
    async () => {
      if (built()) return programs;
      await build('cmd/server', programs.server, '2–10 min');
      await build('cmd/tools/sql', programs.sqlTool, '< 1 min');
      return programs;
    },
  );

  async function build(path: string, to: string, usually: string): Promise<void> {
    if (existsSync(to)) return;
    const made = await buildWithGo(
      { package: `${goModule}/${path}`, version: TEMPORAL_SERVER_VERSION, to, usually },
      env,
      log,
    );
    if ('path' in made) return;
    throw new CommandFailure('temporal-not-built', {
      zh:
        `无法编译 Temporal 服务器：${made.fault}\n` +
        `请安装 Go 1.25 以上版本，必要时设置 GOPROXY 镜像，再试；或按 docs/deploy.md 用官方镜像部署。`,
      en:
        `The Temporal server could not be built: ${made.fault}\n` +
        `Install Go 1.25 or later, set GOPROXY to a mirror you can reach if need be, and try again; ` +
        `or deploy the official images (docs/deploy.md).`,
    });
  }
}

export interface TemporalClusterOptions {
  /** The server's own folder: its settings, with the password of its databases. */
  readonly dir: string;
  readonly postgres: Pick<PostgresServer, 'url' | 'port'>;
  readonly owner: DatabaseRole;
  /** Number of history shards; permanent, once data exists. */
  readonly historyShards: number;
  /** Default: a free port. */
  readonly port?: number;
  readonly config: Pick<TemporalConfig, 'namespace' | 'retentionDays' | 'taskQueues'>;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
}

export interface TemporalCluster {
  readonly address: string;
  /** Prometheus, of all its services. */
  readonly metricsUrl: string;
  /** Of the current process. */
  readonly pid: number;
  /** Resolves when the current server has ended; `asked`: whether it was requested. */
  readonly exited: Promise<{ readonly stopRequested: boolean }>;
  /** Restarts it after it has ended, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 20_000;
const SCHEMA_WITHIN_MS = 5 * 60_000;
const DATABASES = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/**
 * Starts Temporal's production server on PostgreSQL: all four services in one process, on the loopback address. Its
 * own tool creates or upgrades its databases and their schema.
 */
export async function startTemporalCluster(options: TemporalClusterOptions): Promise<TemporalCluster> {
  const { dir, postgres, owner, config, env, log } = options;
  const programs = await findTemporalPrograms(env, log);
  mkdirSync(join(dir, 'config'), { recursive: true, mode: 0o700 });
  keepShards(dir, options.historyShards);
  await endLeftBehind(dir, dir, { name: 'Temporal', signal: 'SIGTERM', graceMs: STOP_GRACE_MS, log });
  for (const [database, schema] of Object.entries(DATABASES)) {
    await createDatabase(postgres, database, owner);
    await updateSchema(programs.sqlTool, { database, schema, port: postgres.port, owner });
  }

  const port = options.port ?? (await freePort());
  const tried = await tryPort(port);
  if ('refused' in tried) {
    throw new CommandFailure('port-taken', {
      zh: `端口 ${port} 不可用（${tried.refused}）。请停止占用它的程序，或用 KAIBIAO_TEMPORAL_PORT 另设端口。`,
      en: `Port ${port} cannot be had (${tried.refused}). Stop what uses it, or set another with KAIBIAO_TEMPORAL_PORT.`,
    });
  }
  const metricsPort = await freePort();
  const settings = await serverSettings({ port, metricsPort, databasePort: postgres.port, owner, options });
  // JSON is valid YAML. The file contains the password of the databases.
  writeFileSync(join(dir, 'config', 'cluster.yaml'), JSON.stringify(settings, null, 2), { mode: 0o600 });
  writeFileSync(join(dir, 'config', 'dynamic.yaml'), '{}\n', { mode: 0o600 });
  const address = `127.0.0.1:${port}`;
  let running = await launch();

  async function launch(): Promise<Guarded> {
    return startServer({
      program: programs.server,
      args: ['--root', dir, '--config', 'config', '--env', 'cluster', '--allow-no-auth', 'start'],
      env: serverEnvironment(),
      cwd: dir,
      stopSignal: 'SIGTERM',
      graceMs: STOP_GRACE_MS,
      onLine: (line) => {
        if (/"level":"(fatal|panic)"/.test(line)) log(`[temporal] ${messageOf(line)}`);
      },
      dir,
      port,
      ready: () => untilReady(address, config),
      failure: startFailure,
    });
  }

  return {
    address,
    metricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
    get pid() {
      return running.pid;
    },
    get exited() {
      return running.exited;
    },
    restart: async () => {
      await running.end();
      running = await launch();
    },
    stop: () => running.end(),
  };
}

function startFailure(lines: readonly string[]): CommandFailure {
  const last = lines
    .slice(-5)
    .map((line) => `\n  ${messageOf(line)}`)
    .join('');
  return new CommandFailure('temporal-start', {
    zh: `Temporal 服务器未能启动：${last}`,
    en: `The Temporal server did not start:${last}`,
  });
}

/** The server itself would keep the old number and only log it. */
function keepShards(dir: string, wanted: number): void {
  const file = join(dir, 'history-shards');
  if (!existsSync(file)) {
    writeFileSync(file, `${wanted}\n`, { mode: 0o600 });
    return;
  }
  const kept = Number(readFileSync(file, 'utf8'));
  if (kept === wanted) return;
  throw new CommandFailure('shards-fixed', {
    zh: `该集群建立时分片数为 ${kept}，此后不能改为 ${wanted}。请恢复 KAIBIAO_CLUSTER_SHARDS=${kept}，或换用新的数据目录。`,
    en: `This cluster was made with ${kept} history shards, which can never become ${wanted}. Set KAIBIAO_CLUSTER_SHARDS=${kept} again, or use another data folder.`,
  });
}

interface SchemaPlace {
  readonly database: string;
  readonly schema: string;
  readonly port: number;
  readonly owner: DatabaseRole;
}

async function updateSchema(tool: string, { database, schema, port, owner }: SchemaPlace): Promise<void> {
  const place = ['--plugin', 'postgres12', '--endpoint', '127.0.0.1', '--port', String(port)];
  const call = (...args: string[]) =>
    run(tool, [...place, '--user', owner.name, '--database', database, ...args], {
      // The password is passed in the environment: everybody on the machine can read a command line.
      env: { ...serverEnvironment(), SQL_PASSWORD: owner.password },
      timeout: SCHEMA_WITHIN_MS,
      maxBuffer: 16 * 1024 * 1024,
    });
  try {
    // The tables with the version; an existing schema is left as it is.
    await call('setup-schema', '--version', '0.0');
    await call('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  } catch (error) {
    const { stderr = '', stdout = '', message } = error as { stderr?: string; stdout?: string; message: string };
    const reason = `${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n  ') || message;
    throw new CommandFailure(
      'temporal-schema',
      {
        zh: `未能建立或升级 Temporal 的数据库 ${database}：\n  ${reason}`,
        en: `The database ${database} of Temporal could not be made or upgraded:\n  ${reason}`,
      },
      { cause: error },
    );
  }
}

/** The message of a line of its log, without the trace. */
function messageOf(line: string): string {
  try {
    const { level, msg, error = '' } = JSON.parse(line) as Partial<Record<'level' | 'msg' | 'error', string>>;
    return [level, msg, error].filter((word) => word).join(' ');
  } catch {
    return line;
  }
}

async function serverSettings(given: {
  port: number;
  metricsPort: number;
  databasePort: number;
  owner: DatabaseRole;
  options: TemporalClusterOptions;
}): Promise<unknown> {
  const { port, metricsPort, databasePort, owner, options } = given;
  const datastore = (databaseName: string, maxConns: number) => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${databasePort}`,
      connectProtocol: 'tcp',
      user: owner.name,
      password: owner.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const rpc = async (grpcPort?: number) => ({
    rpc: {
      grpcPort: grpcPort ?? (await freePort()),
      // Must fit a signed 16-bit number: the column in its process table is no larger.
      membershipPort: await freePort(),
      bindOnLocalHost: true,
    },
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: options.historyShards,
      datastores: { default: datastore('temporal', 20), visibility: datastore('temporal_visibility', 5) },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      metrics: { prometheus: { timerType: 'histogram', listenAddress: `127.0.0.1:${metricsPort}` } },
    },
    services: { frontend: await rpc(port), matching: await rpc(), history: await rpc(), worker: await rpc() },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: { enabled: true, initialFailoverVersion: 1, rpcName: 'frontend', rpcAddress: `127.0.0.1:${port}` },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    dynamicConfigClient: { filepath: join(options.dir, 'config', 'dynamic.yaml'), pollInterval: '60s' },
  };
}
