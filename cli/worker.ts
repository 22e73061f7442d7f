import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Command } from 'commander';
import { pino, type Logger } from 'pino';
import { createActivities } from '../activities/index.ts';
import { createOutbox, type Outbox } from '../api/outbox.ts';
import type { Database } from '../db/database.ts';
import { tidyUp } from '../db/housekeeping.ts';
import {
  connectionOptions,
  dataConverter,
  ensureNamespace,
  readTemporalConfig,
  registerSearchAttributes,
  type TemporalConfig,
} from '../temporal.config.ts';
import { openInstallation } from './installation.ts';
import { untilStopped } from './lifetime.ts';
import { logLevel } from './settings.ts';
import { workflowBundle } from './workflow-bundle.ts';

export interface RunningWorker {
  /** Settles when the worker has ended; rejects when it ended by a fault. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

interface WorkerOptions {
  readonly db: Database;
  readonly config: TemporalConfig;
  readonly address: string | undefined;
  readonly log: Logger;
  /** Where the bundled workflows lie; made when not given. */
  readonly bundlePath?: string;
}

/** How often the outbox is looked through for what could not be delivered at once (ms). */
const OUTBOX_INTERVAL_MS = 500;
/** How often stray files and old answers are removed (ms). */
const TIDY_INTERVAL_MS = 3_600_000;

/** Runs workflows and activities, and carries what waits in the outbox to Temporal. */
export async function startWorker({ db, config, address, log, bundlePath }: WorkerOptions): Promise<RunningWorker> {
  const client = await connectClient(config, address);
  await prepareNamespace(client.connection, config, log);
  const connection = await NativeConnection.connect(connectionOptions(config, address));
  const worker = await Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueues.main,
    workflowBundle: bundlePath ? { codePath: bundlePath } : await workflowBundle(),
    activities: createActivities({ db }),
    dataConverter: dataConverter(config),
    maxConcurrentWorkflowTaskExecutions: config.worker.maxConcurrentWorkflowTaskExecutions,
    maxConcurrentLocalActivityExecutions: config.worker.maxConcurrentLocalActivityExecutions,
    maxConcurrentActivityTaskExecutions: config.worker.maxConcurrentActivityTaskExecutions,
    maxCachedWorkflows: config.worker.maxCachedWorkflows,
    // Where hundreds share a deadline a task may wait for seconds: to hand it to any worker then costs a whole replay.
    stickyQueueScheduleToStartTimeout: '10s',
    shutdownGraceTime: config.worker.shutdownGraceTimeMs,
    shutdownForceTime: config.worker.shutdownForceTimeMs,
  });
  const outbox = outboxFor(db, client, config, log);
  const stopping = new AbortController();
  const chores = Promise.all([carry(outbox, stopping.signal, log), tidy(db, stopping.signal, log)]);
  const ended = worker.run().finally(async () => {
    stopping.abort();
    await chores;
    await client.connection.close();
    await connection.close();
  });
  return {
    ended,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

const PERMISSION_DENIED = 7;

/** Makes what is missing on the server; where its account may not, somebody has made it (docs/operations.md). */
async function prepareNamespace(connection: Connection, config: TemporalConfig, log: Logger): Promise<void> {
  try {
    await ensureNamespace(connection, config);
    await registerSearchAttributes(connection, config.namespace);
  } catch (error) {
    if ((error as { code?: number }).code !== PERMISSION_DENIED) throw error;
    log.warn(
      { namespace: config.namespace },
      'this account may not look after the namespace; it must be there already',
    );
  }
}

async function carry(outbox: Outbox, stopping: AbortSignal, log: Logger): Promise<void> {
  while (!stopping.aborted) {
    try {
      await outbox.deliverWaiting();
    } catch (error) {
      log.error({ error }, 'the outbox could not be read');
    }
    await sleep(OUTBOX_INTERVAL_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

async function tidy(db: Database, stopping: AbortSignal, log: Logger): Promise<void> {
  while (!stopping.aborted) {
    try {
      const removed = await tidyUp(db, Date.now());
      if (removed > 0) log.info({ removed }, 'files that nothing refers to were removed');
    } catch (error) {
      log.error({ error }, 'tidying up failed');
    }
    await sleep(TIDY_INTERVAL_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

export async function connectClient(
  config: TemporalConfig,
  address: string | undefined,
): Promise<Client & { connection: Connection }> {
  const connection = await Connection.connect(connectionOptions(config, address));
  const client = new Client({ connection, namespace: config.namespace, dataConverter: dataConverter(config) });
  return client as Client & { connection: Connection };
}

export function outboxFor(db: Database, client: Client, config: TemporalConfig, log: Logger): Outbox {
  return createOutbox({
    db,
    client,
    taskQueue: config.taskQueues.main,
    onFailure: (message, error) =>
      log.warn({ kind: message.kind, subject: message.subject, error }, 'not delivered to Temporal yet'),
  });
}

export function workerCommand(): Command {
  return new Command('worker')
    .description('运行流程与活动，直至收到停止信号 / run workflows and activities until told to stop')
    .option('--json', '日志为 JSON（默认即是） / logs are JSON anyway')
    .action(async () => {
      const config = readTemporalConfig();
      const log = pino({ name: 'worker', level: logLevel() });
      // Whoever asks for errors alone is told of nothing less, by the SDK's core either.
      const least = ['error', 'fatal', 'silent'].includes(log.level) ? 'ERROR' : 'WARN';
      Runtime.install({
        logger: new DefaultLogger(least),
        telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: least, other: least }) } },
      });
      const db = await openInstallation();
      const worker = await startWorker({ db, config, address: config.address, log });
      log.info({ taskQueue: config.taskQueues.main }, 'worker ready');
      process.send?.('ready');
      await Promise.race([untilStopped(), worker.ended]);
      await worker.stop();
      await db.close();
    });
}
