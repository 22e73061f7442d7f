import { setMaxListeners } from 'node:events';
import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Command } from 'commander';
import type { Logger } from 'pino';
import { createActivities } from '../../activities/index.ts';
import { unsealingActivities } from '../../activities/openings.ts';
import { createUnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import type { Outbox } from '../../engine/outbox.ts';
import type { Database } from '../../db/access/database.ts';
import { poking } from '../../db/access/with-transaction.ts';
import type { BankAccount } from '../../domain/deposits/terms.ts';
import type { Signer } from '../../proofs/signing.ts';
import {
  connectionOptions,
  readTemporalConfig,
  workerDataConverter,
  type TemporalConfig,
} from '../../temporal.config.ts';
import { doChores } from '../worker/chores.ts';
import { watchClock } from '../worker/clock-watch.ts';
import { notifyPeople, type Notifying } from '../worker/notifying.ts';
import { keepReconciled } from '../worker/reconciling.ts';
import { publicUrlOf } from '../settings/api.ts';
import { openedChannels, reminderDays } from '../settings/channels.ts';
import { depositAccount } from '../settings/deposits.ts';
import { dataDir } from '../settings/folders.ts';
import { keepToFolder } from '../settings/data-folder.ts';
import { warnOfOneRole } from '../settings/database-roles.ts';
import { openInstallation } from '../settings/installation.ts';
import { endWithin, untilStopped } from '../servers/lifetime.ts';
import { freePort } from '../servers/processes.ts';
import { connectClient, prepareNamespace } from '../servers/temporal-client.ts';
import { readSigner } from '../settings/secrets.ts';
import { logOf } from '../settings/log.ts';
import { whole } from '../settings/values.ts';
import { assertHome, keepToHome } from '../settings/temporal-home.ts';
import { outboxFor } from '../worker/delivery.ts';
import { silentSinks, tracedActivity, traceSinks } from '../worker/temporal-tracing.ts';
import { startTracing, type Tracing } from '../worker/tracing.ts';
import { failuresToLog, loggedActivity, sdkLogger } from '../worker/worker-log.ts';
import { logFailure } from '../../api/http/request-log.ts';
import { serveMetrics, workerMetrics } from '../worker/worker-metrics.ts';
import { refuseUnwitnessed, witnessesOf } from '../witness/client.ts';
import { deploymentOf } from '../worker/deployment.ts';
import { workflowBundle } from '../worker/workflow-bundle.ts';

export interface RunningWorker {
  /** Resolves when the worker has ended; rejects if it ended by a fault. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

interface WorkerOptions {
  readonly db: Database;
  readonly signer: Signer;
  /** The account for bidders' deposits, as printed in notices. */
  readonly depositAccount?: BankAccount | null;
  readonly config: TemporalConfig;
  readonly address: string | undefined;
  readonly log: Logger;
  /** Path of the bundled workflows; built if not given. */
  readonly bundlePath?: string;
  /** Whether its work is traced. */
  readonly tracing?: Tracing | null;
  /** The ways out of the platform for notifications, and when they go. */
  readonly notifying: Pick<Notifying, 'channels' | 'publicUrl' | 'reminderDays'>;
  /** Called with the connection, so that the backlog on the server can be measured. */
  readonly onConnected?: (client: Awaited<ReturnType<typeof connectClient>>) => void;
}

/** One processor is left for the closing of other tenders; more bids at once than the disk delivers would not help. */
const unsealingThreads = (): number => Math.min(4, Math.max(1, availableParallelism() - 1));

/** How often the outbox is polled for wakes that could not be delivered at once (ms). */
const OUTBOX_INTERVAL_MS = 500;
/** Time for connections and the database, added to what the SDK is given (ms). */
const OVERDUE_MS = 10_000;

/** Runs workflows and activities, delivers wakes to Temporal, and starts missing workflows. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { signer, config, address, log, tracing } = options;
  const witnesses = witnessesOf();
  await refuseUnwitnessed(options.db, witnesses, log);
  const watching = await watchClock(options.db, log);
  const client = await connectClient(config, address);
  options.onConnected?.(client);
  await prepareNamespace(client.connection, config, log);
  await keepToHome(options.db, client.connection, config, log);
  const keepHome = () => assertHome(options.db, client.connection, config, log);
  const outbox = outboxFor(options.db, client, config, log, keepHome);
  const db = poking(options.db, outbox.poke);
  const connection = await NativeConnection.connect(connectionOptions(config, address));
  const bundle = options.bundlePath ? { codePath: options.bundlePath } : await workflowBundle();
  // An opening is done where its one-time key is: on a queue that only this process polls.
  const desk = createUnsealingDesk({
    db,
    signer,
    taskQueue: `${config.taskQueues.main}-unsealing-${randomUUID()}`,
    threads: unsealingThreads(),
    custodiansMissedMs: config.worker.custodiansMissedMs,
  });
  const common = {
    connection,
    namespace: config.namespace,
    dataConverter: workerDataConverter(config),
    workerDeploymentOptions: deploymentOf(bundle.codePath),
    interceptors: { activity: [...(tracing ? [tracedActivity] : []), failuresToLog(log), loggedActivity(log)] },
    shutdownGraceTime: config.worker.shutdownGraceTimeMs,
    shutdownForceTime: config.worker.shutdownForceTimeMs,
  };
  const unsealing = await Worker.create({
    ...common,
    taskQueue: desk.taskQueue,
    activities: unsealingActivities(desk),
    // Well before the timeout: one that is late ends the opening's key.
    maxHeartbeatThrottleInterval: '5s',
  });
  const worker = await Worker.create({
    ...common,
    taskQueue: config.taskQueues.main,
    workflowBundle: bundle,
    activities: createActivities({ db, signer, desk, depositAccount: options.depositAccount ?? null }),
    sinks: tracing ? traceSinks(tracing) : silentSinks,
    maxConcurrentWorkflowTaskExecutions: config.worker.maxConcurrentWorkflowTaskExecutions,
    maxConcurrentLocalActivityExecutions: config.worker.maxConcurrentLocalActivityExecutions,
    maxConcurrentActivityTaskExecutions: config.worker.maxConcurrentActivityTaskExecutions,
    maxCachedWorkflows: config.worker.maxCachedWorkflows,
    // If hundreds share a deadline a task may wait for seconds: moving it to another worker then costs a whole replay.
    stickyQueueScheduleToStartTimeout: '10s',
  });
  const stopping = new AbortController();
  // Each of its parts waits for it, and none of them leaks.
  setMaxListeners(0, stopping.signal);
  const chores = Promise.all([
    carry(outbox, stopping.signal, log),
    doChores({ db, signer, log, witnesses }, stopping.signal),
    keepReconciled({ db, client, taskQueue: config.taskQueues.main, keepHome, log }, stopping.signal),
    notifyPeople({ db, client, taskQueue: config.taskQueues.main, ...options.notifying, log }, stopping.signal),
  ]);
  const end = () => {
    for (const each of [worker, unsealing]) if (each.getState() === 'RUNNING') each.shutdown();
  };
  // Neither works without the other.
  const ended = Promise.all([worker.run().finally(end), unsealing.run().finally(end)]).finally(async () => {
    stopping.abort();
    await watching.stop();
    await chores;
    await outbox.stop();
    await desk.close();
    await client.connection.close();
    await connection.close();
  });
  return {
    ended: ended.then(() => undefined),
    stop: async () => {
      end();
      await ended;
    },
  };
}

async function carry(outbox: Outbox, stopping: AbortSignal, log: Logger): Promise<void> {
  while (!stopping.aborted) {
    try {
      await outbox.deliverWaiting();
    } catch (error) {
      logFailure(log, error, 'the outbox could not be read');
    }
    await sleep(OUTBOX_INTERVAL_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}

export function workerCommand(): Command {
  return new Command('worker')
    .description('运行流程与活动，直至收到停止信号 / run workflows and activities until a stop signal')
    .option('--json', '日志为 JSON（不在终端时默认即是） / log in JSON, as it does anyway but at a terminal')
    .action(async ({ json }: { json?: boolean }) => {
      const config = readTemporalConfig();
      const log = logOf('worker', { json });
      // At log level `error` and above, the SDK's core logs nothing below errors either.
      const least = ['error', 'fatal', 'silent'].includes(log.level) ? 'ERROR' : 'WARN';
      const metricsPort = whole(process.env, 'KAIBIAO_METRICS_PORT', 0, 0);
      const sdkPort = metricsPort === 0 ? undefined : await freePort();
      Runtime.install({
        logger: sdkLogger(log, least),
        telemetryOptions: {
          logging: { filter: makeTelemetryFilterString({ core: least, other: least }) },
          ...(sdkPort === undefined
            ? {}
            : {
                metrics: {
                  prometheus: {
                    bindAddress: `127.0.0.1:${sdkPort}`,
                    countersTotalSuffix: true,
                    unitSuffix: true,
                    useSecondsForDurations: true,
                  },
                },
              }),
        },
      });
      const tracing = await startTracing('kaibiao-worker');
      const metricsPlace = { host: '127.0.0.1', port: metricsPort, settings: 'KAIBIAO_METRICS_PORT' };
      const database = await openInstallation(process.env, [metricsPlace]);
      const metrics = workerMetrics(database);
      let endpoint: Awaited<ReturnType<typeof serveMetrics>> | null = null;
      try {
        warnOfOneRole(database, log);
        await keepToFolder(database);
        const { db } = metrics;
        endpoint = metricsPort === 0 ? null : await serveMetrics(metrics.registry, metricsPort, sdkPort);
        const worker = await startWorker({
          db,
          signer: await readSigner(process.env, dataDir()),
          depositAccount: depositAccount(process.env),
          notifying: { channels: openedChannels(), publicUrl: publicUrlOf(), reminderDays: reminderDays() },
          config,
          address: config.address,
          log,
          tracing,
          onConnected: (client) => metrics.watchTaskQueue(client, config),
        });
        log.info({ taskQueue: config.taskQueues.main }, 'worker ready');
        process.send?.('ready');
        await Promise.race([untilStopped(), worker.ended]);
        // Another worker retries its unfinished work: the database keeps no half-finished transaction.
        endWithin(config.worker.shutdownForceTimeMs + OVERDUE_MS, () =>
          log.error('could not stop in time: stops at once'),
        );
        await worker.stop();
      } finally {
        // A process that fails must end too: an open port, or a connection to PostgreSQL, would keep it alive.
        await endpoint?.stop();
        metrics.close();
        await tracing?.stop();
        await database.close();
      }
    });
}
