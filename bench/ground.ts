import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { pino } from 'pino';
import { createDatabase } from '../cli/servers/postgres-databases.ts';
import { startTemporalCluster } from '../cli/servers/temporal-cluster.ts';
import { startDevServer } from '../cli/servers/temporal-server.ts';
import { connectClient } from '../cli/servers/temporal-client.ts';
import { outboxFor } from '../cli/worker/delivery.ts';
import type { Database, Storage } from '../db/access/database.ts';
import { openDatabase } from '../db/access/open.ts';
import { poking } from '../db/access/with-transaction.ts';
import { databaseFile } from '../db/sqlite/connection.ts';
import { readTemporalConfig } from '../temporal.config.ts';
import { startOwnPostgres, temporaryFolder } from './installation.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

/** The embedded default, or the servers of `kaibiao cluster`. */
export type GroundKind = 'embedded' | 'cluster';

/** A Temporal server, with sites for installations beside it. */
export interface Ground {
  readonly folder: string;
  readonly address: string;
  readonly client: Client;
  /** A site for an installation: on the cluster an empty database. */
  readonly storage: (name: string) => Promise<Storage>;
  /** An installation of its own for a drill, with this many worker processes. */
  openSite(name: string, workers: number): Promise<Site>;
  stop(): Promise<void>;
}

export interface Site {
  /** As in the API: the wakes of a commit are delivered at once. */
  readonly db: Database;
  /** The number that a query returns, on a connection of its own: it sees what any other process would. */
  count(query: string): Promise<number>;
  close(): Promise<void>;
}

type Reader = Pick<Site, 'count' | 'close'>;

const DAY_MS = 86_400_000;

/** @param longAgo the civil instant at which the drills of its sites start */
export async function startGround(kind: GroundKind, longAgo: number, say: (line: string) => void): Promise<Ground> {
  const folder = temporaryFolder();
  const { address: _elsewhere, ...config } = readTemporalConfig();
  const servers = await (kind === 'embedded' ? embedded : cluster)(folder, config, say);
  const client = await connectClient(config, servers.address);
  const log = pino({ level: 'warn' }, { write: say });
  return {
    folder,
    address: servers.address,
    client,
    storage: servers.storage,
    openSite: async (name, workers) => {
      const storage = await servers.storage(name);
      const opened = await openDatabase({
        ...storage,
        clock: { mode: 'drill', msPerDay: DAY_MS, realStartMs: Date.now(), civilStartMs: longAgo },
      });
      const processes = await startWorkers(workers, () =>
        startWorkerProcess(join(import.meta.dirname, '../cli/kaibiao.mjs'), ['worker'], {
          KAIBIAO_DATA_DIR: storage.dataDir,
          ...(storage.url === undefined ? {} : { DATABASE_URL: storage.url }),
          KAIBIAO_LOG_LEVEL: 'error',
          TEMPORAL_ADDRESS: servers.address,
          TEMPORAL_TASK_QUEUE: name,
        }),
      );
      const reader = await (storage.url === undefined
        ? readerOnSqlite(storage.dataDir)
        : readerOnPostgres(storage.url));
      const queues = { ...config.taskQueues, main: name };
      const outbox = outboxFor(opened, client, { ...config, taskQueues: queues }, log, () => Promise.resolve());
      return {
        db: poking(opened, (subjects) => outbox.poke(subjects)),
        count: reader.count,
        close: async () => {
          await outbox.stop();
          await Promise.all(processes.map((worker) => worker.stop()));
          await reader.close();
          await opened.close();
        },
      };
    },
    stop: async () => {
      await client.connection.close();
      await servers.stop();
    },
  };
}

/** One after the other: the first creates what is missing on the server. */
export async function startWorkers(count: number, start: () => Promise<WorkerProcess>): Promise<WorkerProcess[]> {
  const workers: WorkerProcess[] = [];
  while (workers.length < count) workers.push(await start());
  return workers;
}

interface Servers {
  readonly address: string;
  readonly storage: (name: string) => Promise<Storage>;
  stop(): Promise<void>;
}

type Config = Parameters<typeof startTemporalCluster>[0]['config'];

async function embedded(folder: string, config: Config, log: (line: string) => void): Promise<Servers> {
  const server = await startDevServer({ dataDir: folder, config, log });
  return {
    address: server.address,
    storage: async (name) => ({ dataDir: join(folder, name) }),
    stop: () => server.stop(),
  };
}

async function cluster(folder: string, config: Config, log: (line: string) => void): Promise<Servers> {
  const postgres = await startOwnPostgres(folder, log);
  try {
    const temporal = await startTemporalCluster({
      dir: join(folder, 'temporal-cluster'),
      postgres,
      owner: { name: 'temporal', password: 'bench' },
      historyShards: 4,
      config,
      env: process.env,
      log,
    });
    return {
      address: temporal.address,
      storage: async (name) => ({ dataDir: join(folder, name), url: await createDatabase(postgres, name) }),
      stop: async () => {
        await temporal.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

function readerOnSqlite(dataDir: string): Reader {
  const connection = new BetterSqlite3(databaseFile(dataDir), { readonly: true });
  return {
    count: async (query) => Number(connection.prepare(query).pluck().get()),
    close: async () => void connection.close(),
  };
}

async function readerOnPostgres(url: string): Promise<Reader> {
  const client = new pg.Client({ connectionString: url });
  // An error before the server was stopped takes precedence.
  client.on('error', () => undefined);
  await client.connect();
  return {
    count: async (query) => {
      const { rows } = await client.query<[string]>({ text: query, rowMode: 'array' });
      return Number(rows[0]?.[0]);
    },
    close: () => client.end(),
  };
}
