import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { migrateAsOwner } from '../../db/access/open.ts';
import { readTemporalConfig } from '../../temporal.config.ts';
import { announce } from './administrator.ts';
import { CommandFailure } from '../settings/failure.ts';
import { projectRoot } from '../settings/folders.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { keepUp, Part } from '../servers/part.ts';
import { createDatabaseOfTwo } from '../servers/postgres-databases.ts';
import { startPostgres } from '../servers/postgres-server.ts';
import { assertPortFree, freePort, type Log } from '../servers/processes.ts';
import { startOnSharedPort } from '../servers/shared-port.ts';
import { firstAdministrator, localCustodians, stopped, type Administrator } from './serve.ts';
import { apiPlace, portsOf, readApiSettings, whole } from '../settings/api.ts';
import { startTemporalCluster } from '../servers/temporal-cluster.ts';
import { workflowBundle } from '../worker/workflow-bundle.ts';

/** `api-1`, `worker-2` and so on, and the two servers under them. */
export type ClusterPart = 'postgres' | 'temporal' | 'custodians' | `api-${number}` | `worker-${number}`;

/** The parts of a deployment on several machines, on one machine: to try it, and to test what only it can break. */
export interface Cluster {
  /** The address that the API processes share. */
  readonly url: string;
  /** The address of each API process: for probes, and for comparing their answers. */
  readonly apiUrls: readonly string[];
  readonly temporalAddress: string;
  readonly temporalMetricsUrl: string;
  /** The environment that commands such as `kaibiao verify` need to work on this installation, secrets included. */
  readonly env: NodeJS.ProcessEnv;
  /** The current process of a part. */
  pidOf(part: ClusterPart): number | undefined;
  stop(): Promise<void>;
}

export interface ClusterOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly log: Log;
  /**
   * Called at once with the first administrator, created only at the first start: its password is shown nowhere else.
   */
  readonly onAdministrator: (administrator: Administrator) => void;
}

const DATABASE = 'kaibiao';

export async function startCluster({
  env: given = process.env,
  log,
  onAdministrator,
}: ClusterOptions): Promise<Cluster> {
  const { TEMPORAL_ADDRESS: temporalElsewhere, DATABASE_URL: databaseElsewhere, ...rest } = given;
  refuseElsewhere({ TEMPORAL_ADDRESS: temporalElsewhere, DATABASE_URL: databaseElsewhere });
  const dir = clusterDir(given);
  const own: NodeJS.ProcessEnv = { ...rest, KAIBIAO_DATA_DIR: dir };
  const config = readTemporalConfig(own);
  const [apis, workers] = [whole(own, 'KAIBIAO_CLUSTER_APIS', 2, 1), whole(own, 'KAIBIAO_CLUSTER_WORKERS', 2, 1)];
  const historyShards = whole(own, 'KAIBIAO_CLUSTER_SHARDS', 4, 1);
  const front = apiPlace(own);
  // Before anything is started: a failure after a minute would be late.
  for (const each of portsOf(front)) await assertPortFree(each);
  prepareFolder(dir);
  readApiSettings(own);
  const passwords = databasePasswords(dir);
  await workflowBundle();

  const stopping = new AbortController();
  const parts: Part[] = [];
  let stopPostgres = async (): Promise<void> => undefined;
  let stopTemporal = async (): Promise<void> => undefined;

  /** From the outside in: every part ends before the parts that it needs. */
  const stopAll = async (): Promise<void> => {
    stopping.abort();
    for (const command of ['api', 'worker', 'custodians']) {
      await Promise.all(parts.filter(({ name }) => name.startsWith(command)).map((part) => part.stop()));
    }
    await stopTemporal();
    await stopPostgres();
  };

  try {
    const postgres = await startPostgres({
      dir: join(dir, 'postgres'),
      // Every process has its own pool, and Temporal has two.
      settings: { max_connections: '300' },
      onProgress: log,
      ...(own.KAIBIAO_POSTGRES_PORT ? { port: whole(own, 'KAIBIAO_POSTGRES_PORT', 0, 1) } : {}),
    });
    stopPostgres = keepUp('PostgreSQL', postgres, stopping.signal, log);
    const database = await createDatabaseOfTwo(postgres, DATABASE, {
      owner: { name: `${DATABASE}_owner`, password: passwords.owner },
      service: { name: DATABASE, password: passwords.kaibiao },
    });
    await migrateAsOwner({ dataDir: dir, ...database });
    const temporal = await startTemporalCluster({
      dir: join(dir, 'temporal-cluster'),
      postgres,
      owner: { name: 'temporal', password: passwords.temporal },
      historyShards,
      config,
      env: own,
      log,
      ...(own.KAIBIAO_TEMPORAL_PORT ? { port: whole(own, 'KAIBIAO_TEMPORAL_PORT', 0, 1) } : {}),
    });
    stopTemporal = keepUp('Temporal', temporal, stopping.signal, log);

    const env = { ...own, TEMPORAL_ADDRESS: temporal.address, DATABASE_URL: database.url };
    // Created once, before two processes could do it at the same time.
    const administrator = await firstAdministrator(env);
    if (administrator) onAdministrator(administrator);
    const custodians = await localCustodians(env, log);
    if (custodians) parts.push(new Part('custodians', custodians.command, custodians.env, stopping.signal, log));
    const ports: number[] = [];
    for (let no = 1; no <= workers; no += 1) {
      const metricsPort = whole(env, 'KAIBIAO_METRICS_PORT', 0, 0);
      const place = metricsPort === 0 ? {} : { KAIBIAO_METRICS_PORT: String(metricsPort + no - 1) };
      parts.push(new Part(`worker-${no}`, ['worker'], { ...env, ...place }, stopping.signal, log));
    }
    for (let no = 1; no <= apis; no += 1) {
      const port = await freePort();
      ports.push(port);
      const place = { ...env, KAIBIAO_OWN_PORT: String(port) };
      parts.push(new Part(`api-${no}`, ['api'], place, stopping.signal, log, startOnSharedPort));
    }
    await Promise.all(parts.map((part) => part.ready));
    const running = { postgres, temporal };
    return {
      url: `http://${front.host.includes(':') ? `[${front.host}]` : front.host}:${front.port}`,
      apiUrls: ports.map((port) => `http://127.0.0.1:${port}`),
      temporalAddress: temporal.address,
      temporalMetricsUrl: temporal.metricsUrl,
      env,
      pidOf: (part) =>
        part === 'postgres' || part === 'temporal' ? running[part].pid : parts.find(({ name }) => name === part)?.pid,
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** Not the data folder of `serve`: the two do not share data. */
function clusterDir(env: NodeJS.ProcessEnv): string {
  return resolve(env.KAIBIAO_DATA_DIR || join(projectRoot, 'data-cluster'));
}

function refuseElsewhere(given: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(given)) {
    if (!value) continue;
    throw new CommandFailure(
      'cluster-elsewhere',
      {
        zh: `cluster 自带 PostgreSQL 与 Temporal，不使用 ${name}。请去掉该设置；已有服务时请分别启动 kaibiao api 与 kaibiao worker（docs/deploy.md）。`,
        en: `cluster starts its own PostgreSQL and Temporal, and does not use ${name}. Remove that setting; with servers of your own, start kaibiao api and kaibiao worker instead (docs/deploy.md).`,
      },
      { exitCode: 2 },
    );
  }
}

/** If we are root, PostgreSQL runs as another user, which may pass through to its own folder but not list this one. */
function prepareFolder(dir: string): void {
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  mkdirSync(dir, { recursive: true, mode });
  chmodSync(dir, mode);
}

interface DatabasePasswords {
  readonly owner: string;
  readonly kaibiao: string;
  readonly temporal: string;
}

function databasePasswords(dir: string): DatabasePasswords {
  const file = join(dir, 'database-passwords.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DatabasePasswords;
  const fresh = () => randomBytes(24).toString('base64url');
  const made = { owner: fresh(), kaibiao: fresh(), temporal: fresh() };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

export function clusterCommand(): Command {
  return new Command('cluster')
    .description(
      '在本机运行一个集群：PostgreSQL、Temporal、两个接口、两个工作进程 / a cluster on this machine: PostgreSQL, Temporal, two APIs, two workers',
    )
    .option('--json', '以 JSON 输出地址 / print the addresses as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const print = (line: string) => void process.stderr.write(`${line}\n`);
      if (json) process.env.KAIBIAO_LOG_FORMAT = 'json';
      const cluster = await startCluster({ log: print, onAdministrator: announce });
      const { url, apiUrls, temporalAddress, temporalMetricsUrl } = cluster;
      if (json) {
        console.log(JSON.stringify({ url, docs: `${url}/docs`, apiUrls, temporalAddress, temporalMetricsUrl }));
      } else {
        console.log(`接口 / API           ${url}\n接口文档 / API docs  ${url}/docs`);
        console.log(`接口进程 / processes  ${apiUrls.join(' ')}`);
        console.log(`Temporal             ${temporalAddress}`);
      }
      await untilStopped();
      await stopped(cluster, print);
    });
}
