import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { databaseMetrics, fresh } from '../../api/http/database-metrics.ts';
import type { Database } from '../../db/access/database.ts';
import { observed, type TransactionSeen } from '../../db/access/observed.ts';
import { realMsBetween } from '../../domain/clock.ts';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { TemporalConfig } from '../../temporal.config.ts';
import { portTaken } from '../servers/processes.ts';

const { TASK_QUEUE_TYPE_WORKFLOW } = proto.temporal.api.enums.v1.TaskQueueType;

export interface WorkerMetrics {
  readonly registry: Registry;
  /** The database, wrapped so that its use is counted. */
  readonly db: Database;
  /** From here on asks the server for the backlog of the task queue. */
  watchTaskQueue(client: Client & { connection: Connection }, config: TemporalConfig): void;
  close(): void;
}

/** What the platform does by itself when its instant has come. */
const UNATTENDED: readonly MilestoneKey[] = [
  'notice',
  'bid-deadline',
  'opening',
  'publicity-start',
  'publicity-end',
  'award-notice',
];

/** A worker's metrics for Prometheus; no label ever names a tender, a person or an organisation. */
export function workerMetrics(database: Database): WorkerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const lateness = new Histogram({
    name: 'kaibiao_milestone_lateness_seconds',
    help: 'Real seconds from the legal instant of a milestone until the platform acted on it',
    labelNames: ['key'],
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
    registers: [registry],
  });
  // For Prometheus a counter that first appears as 1 has not increased: each starts at 0.
  for (const key of UNATTENDED) lateness.zero({ key });
  const measured = databaseMetrics(registry, database, ({ acts }: TransactionSeen) => {
    const { clock } = database;
    for (const { key, legalAt, actualAt } of acts) {
      lateness.observe({ key }, realMsBetween(clock, legalAt, actualAt) / 1000);
    }
  });
  return {
    registry,
    db: observed(database, measured.watch),
    watchTaskQueue: (client, config) => taskQueueGauges(registry, client, config),
    close: () => measured.close(),
  };
}

/** How long an answer of the server is cached for scrapes, and its timeout (ms). */
const FRESH_MS = 5_000;
const TIMEOUT_MS = 2_000;

function taskQueueGauges(
  registry: Registry,
  { connection }: Client & { connection: Connection },
  config: TemporalConfig,
): void {
  const registers = [registry];
  const failures = new Counter({
    name: 'kaibiao_task_queue_gauge_failures_total',
    help: 'Scrapes for which Temporal could not be queried',
    registers,
  });
  const fetchStats = fresh(FRESH_MS, async () => {
    try {
      const { stats } = await connection.withDeadline(Date.now() + TIMEOUT_MS, () =>
        connection.workflowService.describeTaskQueue({
          namespace: config.namespace,
          taskQueue: { name: config.taskQueues.main },
          taskQueueType: TASK_QUEUE_TYPE_WORKFLOW,
          reportStats: true,
        }),
      );
      if (!stats) return null;
      const { seconds, nanos } = stats.approximateBacklogAge ?? {};
      return {
        tasks: Number(stats.approximateBacklogCount ?? 0),
        ageSeconds: Number(seconds ?? 0) + Number(nanos ?? 0) / 1e9,
      };
    } catch {
      failures.inc();
      return null;
    }
  });
  new Gauge({
    name: 'kaibiao_task_queue_backlog',
    help: 'Workflow tasks that wait for a worker, as the server estimates',
    registers,
    async collect() {
      const found = await fetchStats();
      if (found) this.set(found.tasks);
      else this.remove();
    },
  });
  new Gauge({
    name: 'kaibiao_task_queue_backlog_age_seconds',
    help: 'Age of the oldest of them, as the server estimates',
    registers,
    async collect() {
      const found = await fetchStats();
      if (found) this.set(found.ageSeconds);
      else this.remove();
    },
  });
}

/** Serves /metrics on the loopback address: ours, and those of Temporal's SDK if it has a port of its own. */
export async function serveMetrics(
  registry: Registry,
  port: number,
  sdkPort?: number,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    Promise.all([registry.metrics(), sdkPort === undefined ? '' : sdkMetrics(sdkPort)]).then(
      (texts) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(texts.join('\n')),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = { host: '127.0.0.1', port, settings: 'KAIBIAO_METRICS_PORT' };
      reject(portTaken(place, error.code ?? error.message));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Without them the scrape still succeeds: the SDK's metrics are optional. */
async function sdkMetrics(port: number): Promise<string> {
  try {
    return await (await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) })).text();
  } catch {
    return '';
  }
}
