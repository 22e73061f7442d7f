import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { untilStopped } from '../cli/servers/lifetime.ts';
import { connectionOptions, readTemporalConfig } from '../temporal.config.ts';

/**
 * A worker process for the bare workflows, with the product's limits. Sends its parent their end instants on request.
 */

export interface BareInput {
  /** Real instant (epoch ms). */
  readonly deadlineMs: number;
  readonly activity: 'task' | 'local';
}

const finished: number[] = [];
const activities = {
  /** Writes nothing: only records when it ran. */
  finish: async (): Promise<void> => {
    finished.push(Date.now());
  },
};
export type BareActivities = typeof activities;

if (process.send) {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const config = readTemporalConfig();
  const connection = await NativeConnection.connect(connectionOptions(config));
  const worker = await Worker.create({
    connection,
    namespace: config.namespace,
    taskQueue: config.taskQueues.main,
    workflowBundle: { codePath: process.argv[2] ?? '' },
    activities,
    maxConcurrentWorkflowTaskExecutions: config.worker.maxConcurrentWorkflowTaskExecutions,
    maxConcurrentLocalActivityExecutions: config.worker.maxConcurrentLocalActivityExecutions,
    maxConcurrentActivityTaskExecutions: config.worker.maxConcurrentActivityTaskExecutions,
    maxCachedWorkflows: config.worker.maxCachedWorkflows,
    shutdownGraceTime: config.worker.shutdownGraceTimeMs,
    shutdownForceTime: config.worker.shutdownForceTimeMs,
  });
  const running = worker.run();
  // Sends those since the last request.
  process.on('message', () => process.send?.(finished.splice(0)));
  process.send('ready');
  await Promise.race([untilStopped(), running]);
  worker.shutdown();
  await running;
  await connection.close();
}
