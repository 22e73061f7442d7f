import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type CustodianClock } from '../../services/custodians/custodian.ts';
import { connectionOptions, dataConverter, type TemporalConfig } from '../../temporal.config.ts';
import { deploymentOf } from '../worker/deployment.ts';
import { failuresToLog } from '../worker/worker-log.ts';
import type { OpenCustodian } from './folder.ts';
import { custodianActivities } from '../../activities/custodian.ts';

export interface RunningCustodians {
  /** Resolves when they have ended; rejects if one ended by a fault. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Requests of one opening arrive together; each takes some milliseconds of arithmetic per bid. */
const AT_ONCE = 4;
/** Pending polls on the server per custodian. */
const POLLS = 2;
/** How often to look for a namespace that does not exist yet (ms). */
const NAMESPACE_INTERVAL_MS = 1_000;
const NOT_FOUND = 5;

/** The SDK's messages, as lines of our own log. The SDK sees no secret: its payloads are encrypted. */
export function installRuntime(log: Logger): void {
  const least = ['error', 'fatal', 'silent'].includes(log.level) ? 'ERROR' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(least, ({ level, message, meta }) => {
      // By design.
      if (message.startsWith('No workflows registered')) return;
      const { error, ...ids } = meta ?? {};
      const fields = {
        sdk: true,
        ...ids,
        ...(error instanceof Error ? { error: `${error.name}: ${error.message}` } : {}),
      };
      log[level === 'ERROR' ? 'error' : 'warn'](fields, message);
    }),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: least, other: least }) } },
  });
}

/** A worker without workflows for each custodian, on its own task queue. */
export async function startCustodians(options: {
  readonly custodians: readonly OpenCustodian[];
  readonly config: TemporalConfig;
  readonly clock: CustodianClock;
  readonly log: Logger;
}): Promise<RunningCustodians> {
  const { custodians, config, clock, log } = options;
  const connection = await NativeConnection.connect(connectionOptions(config));
  const running: Worker[] = [];
  const stopAll = (): void => {
    for (const worker of running) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  try {
    await namespaceIsThere(connection, config, log);
    for (const { custodian, identities, memory, platform } of custodians) {
      running.push(
        await Worker.create({
          connection,
          namespace: config.namespace,
          taskQueue: config.taskQueues.custodians[custodian],
          activities: custodianActivities({ custodian, identities, clock, memory, keys: platform, log }),
          dataConverter: dataConverter(config),
          workerDeploymentOptions: deploymentOf(),
          interceptors: { activity: [failuresToLog(log)] },
          maxConcurrentActivityTaskExecutions: AT_ONCE,
          maxConcurrentActivityTaskPolls: POLLS,
          shutdownGraceTime: config.worker.shutdownGraceTimeMs,
          shutdownForceTime: config.worker.shutdownForceTimeMs,
        }),
      );
    }
  } catch (error) {
    await connection.close();
    throw error;
  }
  // If one ends by a fault the others end too: the supervisor of the process restarts all of them.
  const ended = Promise.all(running.map((worker) => worker.run().finally(stopAll))).then(
    () => undefined,
    async (error: unknown) => {
      await Promise.allSettled(running.map((worker) => until(() => worker.getState() === 'STOPPED')));
      throw error;
    },
  );
  const closed = ended.finally(() => connection.close());
  return {
    ended: closed,
    stop: async () => {
      stopAll();
      await closed;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(50);
}

/** The platform creates the namespace; a custodian that starts first waits for it. */
async function namespaceIsThere(
  connection: NativeConnection,
  { namespace }: TemporalConfig,
  log: Logger,
): Promise<void> {
  for (let isLogged = false; ; isLogged = true) {
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return;
    } catch (error) {
      if ((error as { code?: number }).code !== NOT_FOUND) throw error;
      if (!isLogged) log.warn({ namespace }, 'the namespace does not exist yet: waiting for it');
      await sleep(NAMESPACE_INTERVAL_MS);
    }
  }
}
