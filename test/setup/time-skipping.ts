import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { inject } from 'vitest';
import { createActivities, type TenderActivities } from '../../activities/index.ts';
import { unsealingActivities } from '../../activities/openings.ts';
import { failuresToLog } from '../../cli/worker/worker-log.ts';
import { createOutbox, type Outbox } from '../../engine/outbox.ts';
import { reconcile, type Found, type ReconcileOptions } from '../../engine/reconcile.ts';
import type { Database } from '../../db/access/database.ts';
import { SEARCH_ATTRIBUTES, stateQuery } from '../../workflows/messages.ts';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { parseSubject, type Subject } from '../../domain/subjects.ts';
import { createUnsealingDesk, type UnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import { temporaryDatabase } from './database.ts';
import { testSigner } from './signer.ts';

/** A whole installation on the server whose clock skips; its civil clock starts where the test says. */
export interface SkippedTime {
  readonly db: Database;
  readonly outbox: Outbox;
  readonly client: Client;
  /** Lets civil time pass until an instant (epoch ms), with everything that falls due on the way. */
  until(civilMs: number): Promise<void>;
  /** Lets some time pass (ms). */
  pass(ms: number): Promise<void>;
  /** Delivers every wake that waits; refused where one cannot be. */
  deliver(): Promise<void>;
  /** Finds what is lost and leaves a wake for each, which is delivered as by the outbox of a worker. */
  reconcile(options?: Pick<ReconcileOptions, 'dryRun' | 'restart'>): Promise<Found[]>;
  /** Takes activities of another queue, until it is stopped. */
  work(taskQueue: string, activities: object): Promise<{ stop(): Promise<void> }>;
  /**
   * Begins to unseal in this process; a second call loses its memory, as if the process had restarted.
   * @param custodiansMissedMs how long two custodians are waited for before those missing are named
   */
  unseal(again?: 'with the memory gone', custodiansMissedMs?: number): Promise<void>;
  history(workflowId: string): ReturnType<TestWorkflowEnvironment['client']['workflow']['getHandle']>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** The kinds whose workflow answers the query for its state; the walk of a calendar may be in another run by then. */
const ANSWERING: readonly Subject['kind'][] = ['procurement', 'lot', 'committee', 'grievance', 'refund'];
/** How long it may take to skip, with all that falls due on the way (real ms). */
const PATIENCE_MS = 40_000;
const silent = pino({ level: 'silent' });

/** The SDK waits five seconds for it; a busy machine may need more. */
export async function startServer(tries = 3): Promise<TestWorkflowEnvironment> {
  const executable = { type: 'existing-path', path: inject('timeSkippingExecutable') } as const;
  return TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }).catch((error: unknown) => {
    if (tries === 1 || !String(error).includes('did not start within')) throw error;
    return startServer(tries - 1);
  });
}

export async function skippedTime(civilStartMs: number): Promise<SkippedTime> {
  const env = await startServer();
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, type === 'DATETIME' ? 6 : 2]),
    ),
  });
  // This server keeps no lists: what is to be known of a workflow is asked of it by its id.
  Object.assign(env.client.workflow, { list: () => Readable.from([]) });
  const skip = async (ms: number): Promise<void> => {
    const skipped = env.sleep(ms);
    skipped.catch(() => undefined);
    const gaveUp = new AbortController();
    const patience = sleep(PATIENCE_MS, 'stuck' as const, { signal: gaveUp.signal }).catch(() => undefined);
    const stuck = (await Promise.race([skipped, patience])) === 'stuck';
    gaveUp.abort();
    if (stuck) throw new Error('the time-skipping server skips no more');
  };
  let machine = await env.currentTimeMs();
  const clock: ClockSetting = { mode: 'drill', msPerDay: DAY_MS, civilStartMs, realStartMs: machine };
  const db = await temporaryDatabase({ clock, machineClock: () => machine });
  const tick = async () => {
    machine = await env.currentTimeMs();
  };
  const failures: unknown[] = [];
  const woken = new Set<string>();
  const outbox = createOutbox({
    db,
    client: env.client,
    taskQueue: 'kaibiao',
    onDelivered: (subject) => woken.add(subject),
    onFailure: (subject, error) => failures.push(new Error(`${subject}: ${String(error)}`, { cause: error })),
  });
  const deliverAll = async (): Promise<void> => {
    while ((await outbox.deliverWaiting()) > 0);
    const failed = failures.splice(0);
    if (failed.length > 0) throw new AggregateError(failed, String(failed[0]));
  };
  // One after the other, as the loop of a worker delivers: two at once may read, and so send, the same wake.
  let delivered: Promise<void> = Promise.resolve();
  const deliver = (): Promise<void> => (delivered = delivered.then(deliverAll, deliverAll));
  // Until what was woken has taken its wake: where a workflow would end and is woken meanwhile, its task fails, and this
  // server skips no more. No answer comes before the task that is under way is over, whatever the answer is.
  const heard = async (): Promise<void> => {
    while (woken.size > 0) {
      const subjects = [...woken].filter((subject) => ANSWERING.includes(parseSubject(subject).kind));
      woken.clear();
      await Promise.all(
        subjects.map((subject) =>
          env.client.workflow
            .getHandle(subject)
            .query(stateQuery)
            .catch(() => undefined),
        ),
      );
    }
  };
  // The database's clock is the test server's, read again before each thing that asks it. What an activity has left to
  // be woken is woken before it answers: the server does not know of it, and would let time pass meanwhile.
  const ticking = <T extends object>(activities: T): T =>
    Object.fromEntries(
      Object.entries(activities).map(([name, run]) => [
        name,
        async (input: never) => {
          await tick();
          const answer = await (run as (given: never) => Promise<unknown>)(input);
          await deliver();
          return answer;
        },
      ]),
    ) as T;
  const work: SkippedTime['work'] = async (taskQueue, activities) => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      activities: { ...activities },
      interceptors: { activity: [failuresToLog(silent)] },
    });
    const running = worker.run();
    let stopped = false;
    const stop = async () => {
      if (!stopped) worker.shutdown();
      stopped = true;
      await running;
    };
    stops.push(stop);
    return { stop };
  };
  const stops: (() => Promise<void>)[] = [];
  let desk: UnsealingDesk | undefined;
  let unsealing: { stop(): Promise<void> } | undefined;
  const present = (): UnsealingDesk => {
    if (!desk) throw new Error('nobody unseals: call unseal() first');
    return desk;
  };
  const signer = await testSigner();
  const activities: TenderActivities = ticking(
    createActivities({ db, signer, desk: { begin: (id) => present().begin(id) } }),
  );
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'kaibiao',
    workflowBundle: { codePath: inject('workflowBundlePath') },
    activities,
    interceptors: { activity: [failuresToLog(silent)] },
  });
  const running = worker.run();
  return {
    db,
    outbox,
    client: env.client,
    until: async (civilMs) => {
      const now = civilAt(clock, await env.currentTimeMs());
      if (civilMs > now) await skip(civilMs - now);
      await tick();
    },
    pass: async (ms) => {
      await skip(ms);
      await tick();
    },
    deliver: async () => {
      await tick();
      await deliver();
      await heard();
    },
    reconcile: async (options = {}) => {
      await tick();
      const found = await reconcile({ db, client: env.client, taskQueue: 'kaibiao', recheckMs: 200, ...options });
      if (options.dryRun) return found;
      await deliver();
      await heard();
      return found;
    },
    work,
    unseal: async (_again, custodiansMissedMs) => {
      await unsealing?.stop();
      await desk?.close();
      desk = createUnsealingDesk({
        ...{ db, signer, taskQueue: 'unsealing', threads: 2 },
        ...(custodiansMissedMs === undefined ? {} : { custodiansMissedMs }),
      });
      unsealing = await work(desk.taskQueue, ticking(unsealingActivities(desk)));
    },
    history: (workflowId) => env.client.workflow.getHandle(workflowId),
    close: async () => {
      worker.shutdown();
      await Promise.all([running, ...stops.map((stop) => stop())]);
      await desk?.close();
      await db.close();
      await env.teardown();
    },
  };
}
