import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import type { Database } from '../db/access/database.ts';
import { wake, wakesOf } from '../db/engine/outbox.ts';
import { knownAmong } from '../db/engine/running.ts';
import { dueFor } from '../domain/clock.ts';
import { subjectsPassed } from '../services/tender/agenda.ts';
import { wakeSignal, WORKFLOW_TYPES } from '../workflows/messages.ts';
import { carriedSubjects, stillCarried, type Carried } from './carried.ts';
import { textOf } from './failures.ts';
import {
  describe,
  faultOf,
  listRunning,
  statusOf,
  subjectOf,
  terminate,
  type Described,
  type ListedRun,
  type Text,
} from './described.ts';
import type { Memory } from './memory.ts';
import type { Engine } from './starting.ts';

const { PENDING_WORKFLOW_TASK_STATE_SCHEDULED } = proto.temporal.api.enums.v1.PendingWorkflowTaskState;

/** The state of one workflow, and what was done about it. */
export interface Found {
  readonly workflowId: string;
  /** By the database; null for a subject without a stage, or an unknown one. */
  readonly stage: string | null;
  /** `running`, `missing`, or how it ended in Temporal. */
  readonly was: string;
  readonly did: 'nothing' | 'woken' | 'started' | 'would-start' | 'left-to-a-person';
  /** The reason, or what a person has to decide; null where it runs as it should. */
  readonly why: Text | null;
}

export interface ReconcileOptions extends Engine {
  readonly db: Database;
  /** Of earlier checks: only a share of the healthy workflows is described each time. Without it all are. */
  readonly memory?: Memory;
  /** Only checks. */
  readonly dryRun?: boolean;
  /** Tenders (by id) or subjects whose workflows are restarted although they run. */
  readonly restart?: readonly string[];
  /** Called now and then with the number of checked workflows. */
  readonly onProgress?: (checked: number) => void;
  /**
   * How long to wait before an apparent mismatch is checked again (ms): database and Temporal are read one after the
   * other.
   */
  readonly recheckMs?: number;
}

/** Concurrent descriptions. */
const AT_ONCE = 16;
const PROGRESS_EVERY = 100;
const RECHECK_MS = 3_000;
/** How long an instant of the law may pass without an act (real ms). */
const PASSED_MS = 30_000;

/** A subject whose workflow must run, and the state of that workflow. */
interface Checked extends Carried {
  readonly described: Described;
}

/**
 * Finds every workflow that by the database must run and is missing, ended, stuck or in a loop, and starts it from the
 * database alone: a workflow holds nothing that the database does not. Healthy ones are left alone, so that this may be
 * called at any time, and twice.
 */
export async function reconcile(options: ReconcileOptions): Promise<Found[]> {
  const { db, memory = null, dryRun = false, recheckMs = RECHECK_MS, restart = [] } = options;
  const found: Found[] = [];
  const keep = (one: Found): void => {
    found.push(one);
    if (found.length % PROGRESS_EVERY === 0) options.onProgress?.(found.length);
  };
  memory?.begin();
  const running = await listRunning(options);
  const passed = new Set(await subjectsPassed(db, passedBefore(db)));
  const isRequested = (subject: string) =>
    restart.some((each) => subject === each || `${subject}/`.startsWith(`procurement/${each}/`));

  const suspects: Carried[] = [];
  const repairs: Repair[] = [];
  const carried = new Set<string>();
  for await (const page of carriedSubjects(db)) {
    const toCheck: Carried[] = [];
    for (const each of page) {
      carried.add(each.subject);
      const listed = running.get(each.subject);
      const well = listed?.type === typeOf(each.subject) && !passed.has(each.subject) && !isRequested(each.subject);
      if (well && memory?.isLeftOut()) keep(foundWell(each));
      else toCheck.push(each);
    }
    await eachOf(toCheck, async (each) => {
      const result = await check(options, each);
      if ('did' in result) return keep(result);
      const fault = faultOf(each.subject, result.described, memory?.lastCheck(each.subject));
      memory?.noteCheck(each.subject, result.described);
      if (isRequested(each.subject))
        repairs.push({ ...result, code: fault?.code ?? 'asked', why: fault?.why ?? AS_REQUESTED });
      else if (fault && fault.code !== 'missing' && fault.code !== 'ended') repairs.push({ ...result, ...fault });
      else if (fault || passed.has(each.subject)) suspects.push(each);
      else keep(foundWell(each));
    });
  }
  const unexpected = [...running].filter(([id]) => !carried.has(id) && subjectOf(id) !== null);

  if (suspects.length + unexpected.length > 0) await sleep(recheckMs);
  repairs.push(...(await recheck(options, suspects, keep)));
  await checkUnexpected(options, unexpected, keep);
  for (const each of await repair(options, repairs)) keep(each);
  if (!dryRun) await record(db, repairs, found);
  memory?.end(carried);
  return found;
}

const typeOf = (subject: string): string | undefined => {
  const parsed = subjectOf(subject);
  return parsed ? WORKFLOW_TYPES[parsed.kind] : undefined;
};

const passedBefore = (db: Database): number => dueFor(db.clock, db.now(), Date.now(), PASSED_MS);

const foundWell = ({ subject, stage }: Carried): Found => ({
  workflowId: subject,
  stage,
  was: 'running',
  did: 'nothing',
  why: null,
});

/** A failure to check one does not stop the others. */
async function check({ client }: Engine, carried: Carried): Promise<Checked | Found> {
  try {
    return { ...carried, described: await describe(client, carried.subject) };
  } catch (error) {
    return notChecked(carried, error);
  }
}

const notChecked = ({ subject, stage }: Carried, error: unknown): Found => ({
  workflowId: subject,
  stage,
  was: 'unknown',
  did: 'left-to-a-person',
  why: { zh: `未能核对：${textOf(error)}`, en: `could not be checked: ${textOf(error)}` },
});

/** A workflow that is to be restarted, or woken. */
interface Repair extends Checked {
  readonly code: string;
  readonly why: Text;
  /** It runs, and may only have missed a wake. */
  readonly wakeOnly?: boolean;
}

const AS_REQUESTED: Text = { zh: '按要求重新开始', en: 'restarted as requested' };
const INSTANT_PASSED: Text = {
  zh: '法定时间已过而尚未执行',
  en: 'a statutory instant has passed, and nothing was done',
};

const NO_WORKER: Text = {
  zh: '法定时间已过，等待工作进程执行',
  en: 'a statutory instant has passed; its workflow waits for a worker',
};

/** Its task is scheduled and no worker took it: none runs, or all are busy. A restart would not help. */
const waitsForWorker = (described: Described): boolean =>
  described !== 'missing' && described.raw.pendingWorkflowTask?.state === PENDING_WORKFLOW_TASK_STATE_SCHEDULED;

/**
 * What was missing, or late, at the first check: a workflow that has ended properly was ended in the database before.
 */
async function recheck(
  options: ReconcileOptions,
  suspects: readonly Carried[],
  keep: (one: Found) => void,
): Promise<Repair[]> {
  if (suspects.length === 0) return [];
  const { db, memory = null } = options;
  const subjects = suspects.map(({ subject }) => subject);
  const [carried, waiting, passed] = await Promise.all([
    stillCarried(db, subjects),
    wakesOf(db.read, subjects),
    subjectsPassed(db, passedBefore(db)),
  ]);
  // A waiting wake starts it: a check before that would report a wake in transit.
  const onTheWay = new Set(memory ? waiting.map(({ subject }) => subject) : []);
  const repairs: Repair[] = [];
  await eachOf(
    suspects.filter(({ subject }) => carried.has(subject)),
    async (each) => {
      const result = await check(options, { ...each, ...carried.get(each.subject) });
      if ('did' in result) return keep(result);
      const fault = faultOf(each.subject, result.described);
      if (fault && !onTheWay.has(each.subject)) repairs.push({ ...result, ...fault });
      else if (!fault && passed.includes(each.subject)) {
        if (waitsForWorker(result.described)) return keep({ ...foundWell(result), why: NO_WORKER });
        // First it is woken; where that did not help it is restarted.
        const wakeOnly = !(memory?.wasLate(each.subject) ?? true);
        repairs.push({ ...result, code: 'instant-passed', why: INSTANT_PASSED, wakeOnly });
      } else keep(foundWell(result));
    },
  );
  memory?.noteLate(passed);
  return repairs;
}

/** A workflow that runs and by the database need not: it is woken, so that it queries the database, and ends. */
async function checkUnexpected(
  options: ReconcileOptions,
  unexpected: readonly (readonly [string, ListedRun])[],
  keep: (one: Found) => void,
): Promise<void> {
  if (unexpected.length === 0) return;
  const { db, client } = options;
  const subjects = unexpected.flatMap(([id]) => subjectOf(id) ?? []);
  const carried = await stillCarried(
    db,
    unexpected.map(([id]) => id),
  );
  const isKnown = await knownAmong(db.read, subjects);
  await eachOf(
    unexpected.filter(([id]) => !carried.has(id)),
    async ([workflowId, { runId }]) => {
      const subject = subjectOf(workflowId);
      const result = await check(options, { subject: workflowId, stage: null });
      if ('did' in result) return keep(result);
      if (statusOf(result.described) !== 'running') return;
      if (subject && isKnown(subject)) {
        if (!options.dryRun) await wakeRun(client, workflowId, runId);
        keep({ workflowId, stage: null, was: 'running', did: options.dryRun ? 'nothing' : 'woken', why: HAS_ENDED });
      } else keep({ workflowId, stage: null, was: 'running', did: 'left-to-a-person', why: NOT_OURS });
    },
  );
}

const HAS_ENDED: Text = {
  zh: '数据库中已经结束，流程尚在运行，稍后自行结束',
  en: 'by the database it has ended; its workflow still runs, and will end soon',
};
const NOT_OURS: Text = {
  zh: '数据库中没有该项目（异议）：命名空间可能与另一套系统共用，或者数据库由较早的备份恢复。核实后在 Temporal 页面终止该流程，或改用单独的命名空间',
  en: 'the database does not contain it: another installation may share the namespace, or the database was restored from an earlier backup. Find out which; then terminate it in Temporal’s pages, or use a namespace of your own',
};

async function wakeRun(client: Engine['client'], workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).signal(wakeSignal);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** Terminates what runs, and writes a wake for each to the outbox, which starts it. */
async function repair(options: ReconcileOptions, repairs: readonly Repair[]): Promise<Found[]> {
  const { client, db, memory = null, dryRun = false } = options;
  const done: Found[] = [];
  const wakes: string[] = [];
  await eachOf(repairs, async (each) => {
    const { subject, stage, described, why } = each;
    const found = { workflowId: subject, stage, was: statusOf(described), why };
    if (dryRun) return void done.push({ ...found, did: 'would-start' });
    // A workflow that a restart did not help is not terminated again and again.
    if (each.code !== 'asked' && memory && !memory.mayRestart(subject)) {
      return void done.push({ ...found, did: 'left-to-a-person' });
    }
    try {
      if (!each.wakeOnly && described !== 'missing' && statusOf(described) === 'running') {
        await terminate(client, subject, described.runId, `kaibiao: ${each.code}`);
      }
      wakes.push(subject);
      done.push({ ...found, did: each.wakeOnly ? 'woken' : 'started' });
    } catch (error) {
      done.push(notChecked(each, error));
    }
  });
  for (let from = 0; from < wakes.length; from += WAKES_TOGETHER) {
    await db.transaction(async (tx) => {
      for (const subject of wakes.slice(from, from + WAKES_TOGETHER)) wake(tx, subject);
    }, 'single-rows');
  }
  return done;
}

const WAKES_TOGETHER = 500;

async function record(db: Database, repairs: readonly Repair[], found: readonly Found[]): Promise<void> {
  const counted = (did: Found['did']) => found.filter((each) => each.did === did).length;
  if (counted('started') === 0) return;
  const reasons: Record<string, number> = {};
  for (const { code } of repairs) reasons[code] = (reasons[code] ?? 0) + 1;
  await db.transaction(
    async (tx) =>
      recordAudit(tx, UNATTENDED, {
        action: 'temporal.rebuild',
        procurementId: null,
        subject: 'installation',
        detail: {
          started: counted('started'),
          running: counted('nothing'),
          leftToAPerson: counted('left-to-a-person'),
          reasons,
        },
      }),
    'single-rows',
  );
}

/** A few at once. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, items.length) }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
