import type { Client, WorkflowHandle } from '@temporalio/client';
import { TestRunner } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { unsealingActivities } from '../../activities/openings.ts';
import { createOutbox, type Outbox } from '../../engine/outbox.ts';
import { reconcile, type Found, type ReconcileOptions } from '../../engine/reconcile.ts';
import type { Database } from '../../db/access/database.ts';
import { stateQuery } from '../../workflows/messages.ts';
import { civilAt, type ClockSetting } from '../../domain/clock.ts';
import { parseSubject, type Subject } from '../../domain/subjects.ts';
import { createUnsealingDesk, type UnsealingDesk } from '../../services/openings/unsealing/desk.ts';
import { temporaryDatabase } from './database.ts';
import { leaveServer, MAIN_QUEUE, takeServer } from './servers/skipping-server.ts';
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
  history(workflowId: string): WorkflowHandle;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
/** The kinds whose workflow answers the query for its state; the walk of a calendar may be in another run by then. */
const ANSWERING: readonly Subject['kind'][] = ['procurement', 'lot', 'committee', 'grievance', 'refund'];

export async function skippedTime(civilStartMs: number): Promise<SkippedTime> {
  const server = await takeServer();
  const { env } = server;
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
    taskQueue: MAIN_QUEUE,
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
  const working: { stop(): Promise<void> }[] = [];
  const work: SkippedTime['work'] = async (taskQueue, activities) => {
    const worker = await server.work(taskQueue, activities);
    working.push(worker);
    return worker;
  };
  let desk: UnsealingDesk | undefined;
  let unsealing: { stop(): Promise<void> } | undefined;
  const present = (): UnsealingDesk => {
    if (!desk) throw new Error('nobody unseals: call unseal() first');
    return desk;
  };
  const signer = await testSigner();
  await server.serve(ticking(createActivities({ db, signer, desk: { begin: (id) => present().begin(id) } })));
  const close = async (): Promise<void> => {
    // A test that failed may have left anything.
    const isSound = TestRunner.getCurrentTest()?.result?.state === 'pass' && (await server.endAll());
    await Promise.all(working.map((worker) => worker.stop()));
    await desk?.close();
    await db.close();
    await leaveServer(server, isSound);
  };
  let over: Promise<void> | undefined;
  return {
    db,
    outbox,
    client: env.client,
    until: async (civilMs) => {
      const now = civilAt(clock, await env.currentTimeMs());
      if (civilMs > now) await server.skip(civilMs - now);
      await tick();
    },
    pass: async (ms) => {
      await server.skip(ms);
      await tick();
    },
    deliver: async () => {
      await tick();
      await deliver();
      await heard();
    },
    reconcile: async (options = {}) => {
      await tick();
      const found = await reconcile({ db, client: env.client, taskQueue: MAIN_QUEUE, recheckMs: 200, ...options });
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
    close: () => (over ??= close()),
  };
}
