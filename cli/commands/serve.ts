import { Command } from 'commander';
import { ensureFirstAdministrator } from '../../services/accounts/first-administrator.ts';
import { readTemporalConfig, type TemporalConfig } from '../../temporal.config.ts';
import { announce } from './administrator.ts';
import { centreSettings } from '../settings/centre.ts';
import { dataDir, storageOf } from '../settings/folders.ts';
import { keepToFolder } from '../settings/data-folder.ts';
import { assertFirstStart, openInstallation } from '../settings/installation.ts';
import { unknownSettingsTold } from '../settings/known.ts';
import { checkDatabase } from '../../db/access/open.ts';
import { untilStopped } from '../servers/lifetime.ts';
import { prepareLocalCustodians, type LocalCustodians } from '../custodian/local.ts';
import { again, Part, startApart } from '../servers/part.ts';
import { freePort, type Listening } from '../servers/processes.ts';
import { apiPlace, portsOf, readApiSettings, whole } from '../settings/api.ts';
import { connectClient } from '../servers/temporal-client.ts';
import { startDevServer, type DevServer } from '../servers/temporal-server.ts';
import { keepToHome } from '../settings/temporal-home.ts';
import { workflowBundle } from '../worker/workflow-bundle.ts';

export type ServicePart = 'temporal' | 'worker' | 'api' | 'custodians';

/**
 * A whole installation in one process tree: Temporal, a worker, the API and the custodians; each restarts if it dies.
 */
export interface Service {
  readonly url: string;
  readonly temporalAddress: string;
  /** Temporal's own web pages; null where the server is external. */
  readonly temporalUiUrl: string | null;
  /** The current process of a part. */
  pidOf(part: ServicePart): number | undefined;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Where the parts write their logs; default: standard output. */
  readonly partsLogTo?: 'stdout' | 'stderr';
  /**
   * Called at once with the first administrator, created only at the first start: its password is shown nowhere else.
   */
  readonly onAdministrator: (administrator: Administrator) => void;
}

export interface Administrator {
  readonly username: string;
  readonly password: string;
  /** Of the address at which the browser sets it up. */
  readonly setupToken?: string;
}

export async function startService({
  env = process.env,
  log,
  partsLogTo = 'stdout',
  onAdministrator,
}: ServiceOptions): Promise<Service> {
  const startPart = startApart(partsLogTo);
  const config = readTemporalConfig(env);
  for (const { zh, en } of unknownSettingsTold(env)) log(`${zh} / ${en}`);
  // A first start that fails leaves no installation behind: its clock, of a drill or real, is set for ever.
  const place = apiPlace(env);
  const { host, port: apiPort } = place;
  await assertFirstStart(env, storageOf(env), [...portsOf(place), ...partPorts(env)]);
  readApiSettings(env);
  const isFirst = !(await checkDatabase(storageOf(env))).exists;
  let drill = isFirst ? null : await clockIsOfDrill(env);
  await workflowBundle(env);

  const stopping = new AbortController();
  const parts: Part[] = [];
  let temporal: DevServer | null = null;
  let keeping = Promise.resolve();
  let address = config.address;
  if (address === undefined) {
    const port = whole(env, 'KAIBIAO_TEMPORAL_PORT', await freePort(), 1);
    const uiPort = whole(env, 'KAIBIAO_TEMPORAL_UI_PORT', await freePort(), 1);
    const start = () => startDevServer({ dataDir: dataDir(env), port, uiPort, config, log });
    temporal = await start();
    address = temporal.address;
    keeping = keepTemporal();
    async function keepTemporal(): Promise<void> {
      while (temporal !== null) {
        const { stopRequested } = await temporal.exited;
        if (stopRequested || stopping.signal.aborted) return;
        log('Temporal 服务器意外退出，正在重启 / the Temporal server ended unasked: starting it again');
        temporal = await again(start, stopping.signal, log);
        if (stopping.signal.aborted) await temporal?.stop();
      }
    }
  }
  const childEnv = { ...env, TEMPORAL_ADDRESS: address };
  try {
    drill ??= await clockIsOfDrill(env);
    await refuseOtherTemporal(env, config, address);
    await refuseOtherFolder(env);
    // Created and shown only once, so after everything that may fail for want of a port or a program.
    const administrator = await firstAdministrator(env);
    if (administrator) onAdministrator(administrator);
    for (const name of ['worker', 'api'] as const)
      parts.push(new Part(name, [name], childEnv, stopping.signal, log, startPart));
    const custodians = await localCustodians(childEnv, log);
    if (custodians)
      parts.push(new Part('custodians', custodians.command, custodians.env, stopping.signal, log, startPart));
    await Promise.all(parts.map((part) => part.ready));
  } catch (error) {
    stopping.abort();
    await stopAll();
    throw error;
  }
  if (drill) log('演练模式：时钟加速，所有结果仅供演练 / drill: the clock is accelerated, nothing here is real');

  async function stopAll(): Promise<void> {
    stopping.abort();
    await Promise.all(parts.map((part) => part.stop()));
    await temporal?.stop();
    await keeping;
  }
  return {
    url: `http://${host}:${apiPort}`,
    temporalAddress: address,
    temporalUiUrl: temporal?.uiUrl ?? null,
    pidOf: (part) => (part === 'temporal' ? temporal?.pid : parts.find(({ name }) => name === part)?.pid),
    stop: stopAll,
  };
}

/** Logged here once, instead of by each part. If the server cannot be reached yet, the worker will check it. */
async function refuseOtherTemporal(
  env: NodeJS.ProcessEnv,
  config: TemporalConfig,
  address: string | undefined,
): Promise<void> {
  const db = await openInstallation(env);
  try {
    const { connection } = await connectClient(config, address).catch(() => ({ connection: null }));
    if (!connection) return;
    try {
      await keepToHome(db, connection, config, { warn: () => undefined });
    } finally {
      await connection.close();
    }
  } finally {
    await db.close();
  }
}

/** Once, like the other Temporal. */
async function refuseOtherFolder(env: NodeJS.ProcessEnv): Promise<void> {
  const db = await openInstallation(env);
  try {
    await keepToFolder(db, storageOf(env));
  } finally {
    await db.close();
  }
}

export async function firstAdministrator(env: NodeJS.ProcessEnv): Promise<Administrator | null> {
  const db = await openInstallation(env);
  try {
    return await ensureFirstAdministrator(db, centreSettings(env));
  } finally {
    await db.close();
  }
}

/** The custodians that run beside the platform, ready to start. */
export async function localCustodians(
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<LocalCustodians | null> {
  const db = await openInstallation(env);
  try {
    return await prepareLocalCustodians(env, db, log);
  } finally {
    await db.close();
  }
}

export function serveCommand(): Command {
  return new Command('serve')
    .description(
      '启动全套服务：Temporal、工作进程、接口、本机保管人 / run everything: Temporal, a worker, the API, custodians',
    )
    .option('--json', '以 JSON 输出地址 / print the addresses as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const env = {
        ...process.env,
        ...(json ? { KAIBIAO_LOG_FORMAT: 'json' } : {}),
        KAIBIAO_TEMPORAL_PORT: process.env.KAIBIAO_TEMPORAL_PORT || '7233',
        KAIBIAO_TEMPORAL_UI_PORT: process.env.KAIBIAO_TEMPORAL_UI_PORT || '8233',
      };
      const print = (line: string) => void process.stderr.write(`${line}\n`);
      const service = await startService({
        env,
        log: print,
        onAdministrator: announce,
      });
      const { url, temporalUiUrl, temporalAddress } = service;
      if (json) console.log(JSON.stringify({ url, docs: `${url}/docs`, temporalUiUrl, temporalAddress }));
      else {
        console.log(`接口 / API          ${url}\n接口文档 / API docs ${url}/docs`);
        if (temporalUiUrl) console.log(`Temporal            ${temporalUiUrl}`);
      }
      await untilStopped();
      await stopped(service, print);
    });
}

/** Stops a service, and says so: it may take a while. */
export async function stopped(service: { stop(): Promise<void> }, log: (line: string) => void): Promise<void> {
  log('正在停止…… / stopping …');
  await service.stop();
  log('已停止 / stopped');
}

/** Ports of its parts, where they are given. */
const partPorts = (env: NodeJS.ProcessEnv): Listening[] =>
  ['KAIBIAO_METRICS_PORT', ...(env.TEMPORAL_ADDRESS ? [] : ['KAIBIAO_TEMPORAL_PORT', 'KAIBIAO_TEMPORAL_UI_PORT'])].map(
    (settings) => ({ host: '127.0.0.1', port: env[settings] ? whole(env, settings, 0, 0) : 0, settings }),
  );

async function clockIsOfDrill(env: NodeJS.ProcessEnv): Promise<boolean> {
  const db = await openInstallation(env);
  const drill = db.clock.mode === 'drill';
  await db.close();
  return drill;
}
