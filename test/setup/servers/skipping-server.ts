import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, inject } from 'vitest';
import type { TenderActivities } from '../../../activities/index.ts';
import { failuresToLog } from '../../../cli/worker/worker-log.ts';
import { SEARCH_ATTRIBUTES } from '../../../workflows/messages.ts';
import '../provide.ts';

/** A server whose clock skips and a worker of its main queue: the tests of a file have them one after another. */
export interface SkippingServer {
  readonly env: TestWorkflowEnvironment;
  /** Lets time pass (ms), with everything that falls due on the way. */
  skip(ms: number): Promise<void>;
  /** A worker of another queue, with these activities alone. */
  work(taskQueue: string, activities: object): Promise<{ stop(): Promise<void> }>;
  /** From now on the worker calls these. */
  serve(activities: TenderActivities): Promise<void>;
  /** Ends every workflow that was started; false where one may hold the clock. */
  endAll(): Promise<boolean>;
  close(): Promise<void>;
}

export const MAIN_QUEUE = 'kaibiao';
/** How long it may take to skip, with all that falls due on the way (real ms). */
const PATIENCE_MS = 40_000;
/** Passes at once where no task is under way; otherwise the clock goes on as fast as a real one until it is over. */
const IDLE_MS = 20_000;
/** How long it may take to skip where nothing is left to be done (real ms). */
const AT_ONCE_MS = 5_000;
const silent = pino({ level: 'silent' });

/** The SDK waits five seconds for it; a busy machine may need more. */
export async function startServer(started = new Set<string>(), tries = 3): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: inject('timeSkippingExecutable') } as const;
  const noting = {
    signalWithStart: <I extends { readonly options: { readonly workflowId: string } }, O>(
      input: I,
      next: (input: I) => O,
    ) => {
      started.add(input.options.workflowId);
      return next(input);
    },
  };
  try {
    const env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable },
      client: { interceptors: { workflow: [noting] } },
    });
    await env.connection.operatorService.addSearchAttributes({
      namespace: 'default',
      searchAttributes: Object.fromEntries(
        Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, type === 'DATETIME' ? 6 : 2]),
      ),
    });
    return env;
  } catch (error) {
    if (tries === 1 || !String(error).includes('did not start within')) throw error;
    return startServer(started, tries - 1);
  }
}

async function start(): Promise<SkippingServer> {
  const started = new Set<string>();
  const env = await startServer(started);
  // This server keeps no lists: what is to be known of a workflow is asked of it by its id.
  Object.assign(env.client.workflow, { list: () => Readable.from([]) });
  const stops = new Set<() => Promise<void>>();
  const running = (worker: Worker) => {
    const run = worker.run();
    const stop = async () => {
      if (stops.delete(stop)) worker.shutdown();
      await run;
    };
    stops.add(stop);
    return { stop };
  };
  const options = { connection: env.nativeConnection, interceptors: { activity: [failuresToLog(silent)] } };
  const skip = async (ms: number, patienceMs = PATIENCE_MS): Promise<void> => {
    const skipped = env.sleep(ms);
    skipped.catch(() => undefined);
    const gaveUp = new AbortController();
    const patience = sleep(patienceMs, 'stuck' as const, { signal: gaveUp.signal }).catch(() => undefined);
    const stuck = (await Promise.race([skipped, patience])) === 'stuck';
    gaveUp.abort();
    if (stuck) throw new Error('the time-skipping server skips no more');
  };
  let served: Record<string, (input: never) => unknown> | undefined;
  return {
    env,
    skip,
    work: async (taskQueue, activities) =>
      running(await Worker.create({ ...options, taskQueue, activities: { ...activities } })),
    serve: async (activities) => {
      const isFirst = served === undefined;
      served = { ...activities };
      if (!isFirst) return;
      const worker = await Worker.create({
        ...options,
        taskQueue: MAIN_QUEUE,
        workflowBundle: { codePath: inject('workflowBundlePath') },
        activities: Object.fromEntries(
          Object.keys(served).map((name) => [name, async (input: never) => served?.[name]?.(input)]),
        ),
      });
      running(worker);
    },
    endAll: async () => {
      try {
        // Terminated in the middle of a task, a workflow would keep the clock from skipping.
        await skip(IDLE_MS, IDLE_MS - 1_000);
        for (const id of started) {
          const ending = env.client.workflow.getHandle(id).terminate('the test is over');
          await ending.catch((error: unknown) => {
            if (!(error instanceof WorkflowNotFoundError)) throw error;
          });
        }
        started.clear();
        await skip(IDLE_MS, AT_ONCE_MS);
        return true;
      } catch {
        return false;
      }
    },
    close: async () => {
      await Promise.all([...stops].map((stop) => stop()));
      await env.teardown();
    },
  };
}

/** The one of this file, while nobody has it. */
let free: SkippingServer | undefined;
afterAll(async () => {
  await free?.close();
  free = undefined;
});

/** One that no other test has. */
export async function takeServer(): Promise<SkippingServer> {
  const server = free ?? (await start());
  free = undefined;
  return server;
}

/** @param isSound false: no other test shall have it */
export async function leaveServer(server: SkippingServer, isSound: boolean): Promise<void> {
  if (isSound && free === undefined) free = server;
  else await server.close();
}
