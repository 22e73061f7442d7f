import { setTimeout as sleep } from 'node:timers/promises';
import {
  NamespaceNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import { recordAudit, UNATTENDED } from '../db/audit.ts';
import type { Queries } from '../db/access/database.ts';
import { bidsAwaitingRefund } from '../db/deposits.ts';
import { importedYears } from '../db/calendar.ts';
import {
  behindCalendar,
  deliverAgain,
  grievancesToCarry,
  grievanceToCarry,
  runningTender,
  runningTenders,
  submittedDecisions,
  type CarriedGrievance,
  type RunningTender,
} from '../db/running.ts';
import {
  deadlineWorkflowId,
  GRIEVANCE_WORKFLOW,
  grievanceWorkflowId,
  lotWorkflowId,
  openingWorkflowId,
  PROCUREMENT_WORKFLOW,
  procurementWorkflowId,
  recountWorkflowId,
  refundWorkflowId,
  SEARCH_ATTRIBUTES,
} from '../workflows/messages.ts';
import {
  startDeadline,
  startGrievance,
  startProcurement,
  startRecount,
  startRefund,
  type Starting,
} from './starting.ts';
import { acknowledgementsOf, isNoticeDue, type NoticeDue, noticesDue } from '../services/custodians/notices.ts';
import { recalculationName } from '../services/calendar/import.ts';

interface Told {
  readonly zh: string;
  readonly en: string;
}

/** What was found of a tender's or a grievance's workflow, and what was done about it. */
export interface Found {
  readonly workflowId: string;
  /** As the database has it; null for what the database does not know. */
  readonly stage: string | null;
  /** `running`, `missing`, or how it ended in Temporal although by the database it has not. */
  readonly was: string;
  readonly did: 'nothing' | 'started' | 'would-start' | 'left-to-a-person';
  /** Why it was started, or what a person has to decide; null where it runs as it should. */
  readonly why: Told | null;
}

export interface Rebuilt {
  readonly found: readonly Found[];
  /** Decisions that nobody has carried out yet: they are delivered again as soon as a worker runs. */
  readonly waitingDecisions: number;
}

export interface RebuildOptions extends Starting {
  /** Looks only. */
  readonly dryRun?: boolean;
  /** Ids of tenders whose workflow is ended and begun anew from the database although it runs. */
  readonly restart?: readonly string[];
  /** Told now and then how many tenders and grievances were looked at. */
  readonly onProgress?: (looked: number) => void;
  /** How long to wait before what seems out of step is looked at again (ms). */
  readonly secondLookMs?: number;
}

const PAGE = 200;
/** Tenders that are looked after at once. */
const CONCURRENCY = 16;
const PROGRESS_EVERY = 100;
/** A workflow notes its stage a moment after the database has it. */
const SECOND_LOOK_MS = 3_000;

/**
 * Recreates from the database alone every workflow that should run and does not: of tenders launched and not ended, of
 * grievances not replied to, and of deadlines that custodians were not told. What runs is left alone, so that this may be
 * called at any time, and twice.
 */
export async function rebuild(options: RebuildOptions): Promise<Rebuilt> {
  const { db, client, dryRun = false, secondLookMs = SECOND_LOOK_MS, onProgress } = options;
  const found: Found[] = [];
  const keep = (result: Found) => {
    found.push(result);
    if (found.length % PROGRESS_EVERY === 0) onProgress?.(found.length);
  };
  const suspects: string[] = [];
  await eachOf(
    (after) => runningTenders(db.read, after, PAGE),
    async (tender) => {
      const result = await orFailure(tender.id, tender.stage, () => lookAfterTender(options, tender));
      if (!result) return;
      if (result.did === 'nothing' && (await outOfStep(client, tender))) suspects.push(tender.id);
      else keep(result);
    },
  );
  if (suspects.length > 0) await sleep(secondLookMs);
  for (const id of suspects) {
    const tender = await runningTender(db.read, id);
    if (tender) keep(stepOf(tender, await outOfStep(client, tender)));
  }
  await eachOf(
    (after) => grievancesToCarry(db.read, after, PAGE),
    async (grievance) => {
      const { id, state } = grievance;
      const result = await orFailure(id, state, () => lookAfterGrievance(options, grievance), grievanceWorkflowId);
      if (result) keep(result);
    },
  );

  for (const bidId of await bidsAwaitingRefund(db.read)) {
    const result = await orFailure(bidId, 'withdrawn', () => lookAfterRefund(options, bidId), refundWorkflowId);
    if (result) keep(result);
  }

  await eachOf(
    (after) => noticesDue(db.read, db.now(), after, PAGE),
    async (deadline) => {
      const { id, version } = deadline;
      const workflowIdOf = () => deadlineWorkflowId(id, version);
      const result = await orFailure(id, null, () => lookAfterDeadline(options, deadline), workflowIdOf);
      if (result) keep(result);
    },
  );

  const walk = await lookAfterCalendar(options);
  if (walk) keep(walk);

  const waitingDecisions = await submittedDecisions(db.read);
  if (!dryRun && waitingDecisions > 0) await db.transaction((tx) => deliverAgain(tx));
  const counted = (did: Found['did']) => found.filter((each) => each.did === did).length;
  if (counted('started') > 0) {
    await db.transaction(async (tx) =>
      recordAudit(tx, UNATTENDED, {
        action: 'temporal.rebuild',
        procurementId: null,
        subject: 'installation',
        detail: {
          started: counted('started'),
          running: counted('nothing'),
          leftToAPerson: counted('left-to-a-person'),
          waitingDecisions,
        },
      }),
    );
  }
  return { found, waitingDecisions };
}

/** While a running tender is not counted by the calendar in force, the walk that counts them must run. */
async function lookAfterCalendar(options: RebuildOptions): Promise<Found | null> {
  const { db, client, dryRun = false } = options;
  const calendar = await db.calendar();
  if (!(await behindCalendar(db.read, calendar.hash))) return null;
  const name = recalculationName((await importedYears(db.read)).at(-1)?.version ?? 0, calendar);
  const workflowId = recountWorkflowId(name);
  const was = statusOf(await describe(client, workflowId));
  if (was === 'running') return { workflowId, stage: null, was, did: 'nothing', why: null };
  if (!dryRun) await startRecount(options, name, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  const why = {
    zh: '有在办项目尚未按现行放假安排重新计算',
    en: 'Running tenders are not counted by the calendar in force yet',
  };
  return { workflowId, stage: null, was, did: dryRun ? 'would-start' : 'started', why };
}

/** A tender whose workflow runs and has lost none of its lots is left alone; any other is begun anew. Null: it has ended. */
async function lookAfterTender(options: RebuildOptions, tender: RunningTender): Promise<Found | null> {
  const { db, client } = options;
  const workflowId = procurementWorkflowId(tender.id);
  const whole = await describe(client, workflowId);
  const was = statusOf(whole);
  const asked = options.restart?.includes(tender.id) ?? false;
  let lost: Lost | undefined;
  if (whole !== 'missing' && was === 'running') {
    for (const { no } of tender.lots) {
      const lot = await describe(client, lotWorkflowId(tender.id, no));
      // One that ended before this run began is about to be begun by it; one not there yet, too.
      if (lot === 'missing' || lot.closeTime === undefined || lot.closeTime < whole.startTime) continue;
      lost ??= { lotNo: no, was: statusOf(lot) };
    }
    if (tender.stage === 'opening') {
      const opening = await describe(client, openingWorkflowId(tender.id));
      const ended = opening !== 'missing' && opening.closeTime !== undefined && opening.closeTime >= whole.startTime;
      // One that was completed has told the tender so, or is about to.
      if (ended && statusOf(opening) !== 'completed') lost ??= { lotNo: 'opening', was: statusOf(opening) };
    }
    if (!lost && !asked) return { workflowId, stage: tender.stage, was, did: 'nothing', why: null };
  }
  // Asked after Temporal: whatever has ended in order was ended in the database before.
  const now = await runningTender(db.read, tender.id);
  if (!now) return null;
  const stillLost = lost?.lotNo === 'opening' ? now.stage === 'opening' : now.lots.some(({ no }) => no === lost?.lotNo);
  if (lost && !stillLost) {
    return { workflowId, stage: now.stage, was, did: 'nothing', why: null };
  }
  const found = { workflowId, stage: now.stage, was, why: whyStarted(was, lost) };
  if (options.dryRun) return { ...found, did: 'would-start' };
  if (whole !== 'missing' && was === 'running') await end(client, workflowId, whole.runId);
  const started = await startProcurement(options, tender.id, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  return { ...found, did: started ? 'started' : 'nothing' };
}

/** One without a reply waits for it; one replied to has told of it, unless its workflow was ended by force. */
async function lookAfterGrievance(options: RebuildOptions, grievance: CarriedGrievance): Promise<Found | null> {
  const { db, client } = options;
  const workflowId = grievanceWorkflowId(grievance.id);
  const was = statusOf(await describe(client, workflowId));
  if (was === 'running') {
    return grievance.state === 'replied'
      ? null
      : { workflowId, stage: grievance.state, was, did: 'nothing', why: null };
  }
  const now = await grievanceToCarry(db.read, grievance.id);
  // With a tender begun anew the reply needs no telling: the database is asked.
  if (!now || (now.state === 'replied' && (was === 'missing' || was === 'completed'))) return null;
  const found = { workflowId, stage: now.state, was, why: whyStarted(was) };
  if (options.dryRun) return { ...found, did: 'would-start' };
  const started = await startGrievance(options, grievance.id, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  return { ...found, did: started ? 'started' : 'nothing' };
}

/** A workflow of a part of the tender that has ended although by the database the part has not. */
interface Lost {
  readonly lotNo: number | 'opening';
  readonly was: string;
}

async function lookAfterRefund(options: RebuildOptions, bidId: string): Promise<Found | null> {
  const workflowId = refundWorkflowId(bidId);
  const was = statusOf(await describe(options.client, workflowId));
  if (was === 'running') return { workflowId, stage: 'withdrawn', was, did: 'nothing', why: null };
  const found = { workflowId, stage: 'withdrawn', was, why: whyStarted(was) };
  if (options.dryRun) return { ...found, did: 'would-start' };
  const started = await startRefund(options, bidId, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  return { ...found, did: started ? 'started' : 'nothing' };
}

/** While a custodian does not believe the deadline in force it is told it. */
async function lookAfterDeadline(
  options: RebuildOptions,
  { id, version, acknowledgements }: NoticeDue,
): Promise<Found | null> {
  const { db, client } = options;
  const isDone = (all: typeof acknowledgements) => all.every(({ state }) => state === 'acknowledged');
  if (isDone(acknowledgements)) return null;
  const workflowId = deadlineWorkflowId(id, version);
  const was = statusOf(await describe(client, workflowId));
  if (was === 'running') return { workflowId, stage: null, was, did: 'nothing', why: null };
  // Asked after Temporal, as of a tender.
  const input = { procurementId: id, version };
  if (!(await isNoticeDue(db.read, db.now(), input)) || isDone(await acknowledgementsOf(db.read, id))) return null;
  const found = { workflowId, stage: null, was, why: whyStarted(was) };
  if (options.dryRun) return { ...found, did: 'would-start' };
  const started = await startDeadline(options, input, WorkflowIdReusePolicy.ALLOW_DUPLICATE);
  return { ...found, did: started ? 'started' : 'nothing' };
}

function whyStarted(was: string, lost?: Lost): Told {
  if (lost?.lotNo === 'opening') {
    return {
      zh: `开标流程已结束（${lost.was}），而数据库中开标尚未完成`,
      en: `the workflow of the opening has ended (${lost.was}); by the database the opening has not`,
    };
  }
  if (lost) {
    return {
      zh: `第${lost.lotNo}标段的流程已结束（${lost.was}），而数据库中该标段尚未结束`,
      en: `the workflow of lot ${lost.lotNo} has ended (${lost.was}); by the database the lot has not`,
    };
  }
  if (was === 'missing') return { zh: 'Temporal 中没有该流程', en: 'Temporal has no such workflow' };
  if (was === 'running') return { zh: '按要求重新开始', en: 'begun anew as asked' };
  return {
    zh: `流程已结束（${was}），而数据库中尚未结束`,
    en: `its workflow has ended (${was}); by the database it has not`,
  };
}

/** The stages that the workflows of a running tender have noted, where they differ from the database's. */
async function outOfStep(client: Client, tender: RunningTender): Promise<string | null> {
  const pairs = [
    { workflowId: procurementWorkflowId(tender.id), stage: tender.stage },
    ...tender.lots.map(({ no, stage }) => ({ workflowId: lotWorkflowId(tender.id, no), stage })),
  ];
  for (const { workflowId, stage } of pairs) {
    const described = await describe(client, workflowId);
    if (described === 'missing' || statusOf(described) !== 'running') continue;
    const noted = described.typedSearchAttributes.get(SEARCH_ATTRIBUTES.stage);
    if (noted !== undefined && noted !== stage) return `${workflowId}: ${noted} ≠ ${stage}`;
  }
  return null;
}

function stepOf(tender: RunningTender, difference: string | null): Found {
  const found = { workflowId: procurementWorkflowId(tender.id), stage: tender.stage, was: 'running' };
  if (difference === null) return { ...found, did: 'nothing', why: null };
  return {
    ...found,
    did: 'left-to-a-person',
    why: {
      zh: `流程所记阶段与数据库不同（${difference}）。工作进程未运行时属正常；若运行后一分钟仍如此，说明 Temporal 的存储旧于数据库，用 kaibiao rebuild --restart ${tender.id} 重新开始`,
      en: `the workflow's stage differs from the database's (${difference}). Expected while no worker runs; if it stays a minute after one does, Temporal's store is older than the database: kaibiao rebuild --restart ${tender.id}`,
    },
  };
}

/**
 * Workflows that run for what this database does not know, or has ended: of another installation that shares the
 * namespace, or of a database restored from before them. Nothing is done about them.
 */
export async function strangers({
  db,
  client,
  taskQueue,
  secondLookMs = SECOND_LOOK_MS,
}: Pick<RebuildOptions, 'db' | 'client' | 'taskQueue' | 'secondLookMs'>): Promise<Found[]> {
  const query = `ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`;
  const suspects: string[] = [];
  for await (const { workflowId, type } of client.workflow.list({ query })) {
    if (type !== PROCUREMENT_WORKFLOW && type !== GRIEVANCE_WORKFLOW) continue;
    if (!(await isCarried(db.read, workflowId))) suspects.push(workflowId);
  }
  // A workflow ends a moment after the database has its end, and lists lag behind both.
  if (suspects.length > 0) await sleep(secondLookMs);
  const found: Found[] = [];
  for (const workflowId of suspects) {
    if (statusOf(await describe(client, workflowId)) !== 'running' || (await isCarried(db.read, workflowId))) continue;
    found.push({
      workflowId,
      stage: null,
      was: 'running',
      did: 'left-to-a-person',
      why: {
        zh: '数据库中没有该项目（异议），或者已经结束：命名空间可能与另一套系统共用，或者数据库由较早的备份恢复。核实后在 Temporal 页面终止该流程，或改用单独的命名空间',
        en: 'the database does not know it, or has ended it: another installation may share the namespace, or the database was restored from before it. Find out which; then terminate it in Temporal’s pages, or use a namespace of your own',
      },
    });
  }
  return found;
}

async function isCarried(q: Queries, workflowId: string): Promise<boolean> {
  const [kind, id = ''] = workflowId.split('/');
  if (kind === PROCUREMENT_WORKFLOW) return (await runningTender(q, id)) !== undefined;
  return (await grievanceToCarry(q, id)) !== undefined;
}

async function describe(client: Client, workflowId: string): Promise<WorkflowExecutionDescription | 'missing'> {
  try {
    return await client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof NamespaceNotFoundError) return 'missing';
    throw error;
  }
}

const statusOf = (described: WorkflowExecutionDescription | 'missing'): string =>
  described === 'missing' ? described : described.status.name.toLowerCase();

/** Ends one run; another that has taken its place meanwhile is left alone. */
async function end(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate('kaibiao rebuild');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** One that cannot be looked after keeps no other from it. */
async function orFailure(
  id: string,
  stage: string | null,
  work: () => Promise<Found | null>,
  workflowIdOf: (id: string) => string = procurementWorkflowId,
): Promise<Found | null> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      workflowId: workflowIdOf(id),
      stage,
      was: 'unknown',
      did: 'left-to-a-person',
      why: { zh: `未能处理：${reason}`, en: `could not be looked after: ${reason}` },
    };
  }
}

/** Goes through pages of rows with an id, some at once. */
async function eachOf<T extends { readonly id: string }>(
  pageAfter: (after: string | undefined) => Promise<readonly T[]>,
  work: (row: T) => Promise<void>,
): Promise<void> {
  for (let after: string | undefined; ;) {
    const page = await pageAfter(after);
    const rest = page.values();
    await Promise.all(
      Array.from({ length: CONCURRENCY }, async () => {
        for (const row of rest) await work(row);
      }),
    );
    if (page.length < PAGE) return;
    after = page.at(-1)?.id;
  }
}
