import type { History } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { and, asc, eq } from 'drizzle-orm';
import { expect } from 'vitest';
import { connectClient } from '../../cli/servers/temporal-client.ts';
import { storageOf } from '../../cli/settings/folders.ts';
import { silentSinks } from '../../cli/worker/temporal-tracing.ts';
import { workflowBundle } from '../../cli/worker/workflow-bundle.ts';
import type { Database } from '../../db/access/database.ts';
import { openToVerify } from '../../db/access/open.ts';
import { verifyInstallation } from '../../db/integrity/verify.ts';
import {
  audit,
  bids,
  grievances,
  lots,
  milestones,
  notices,
  openings,
  outbox,
  procurements,
  suspensions,
  unsealings,
} from '../../db/schema/sqlite.ts';
import { unsealingsOf } from '../../db/openings/unsealings.ts';
import { reconcile } from '../../engine/reconcile.ts';
import { formatInstant, parseInstant } from '../../domain/civil-time.ts';
import { due } from '../../domain/law/due.ts';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../../domain/stages.ts';
import { grievanceSubject, lotSubject, openingSubject, procurementSubject } from '../../domain/subjects.ts';
import { dataConverter, readTemporalConfig } from '../../temporal.config.ts';
import { eventually } from './eventually.ts';
import type { Json } from './servers/service.ts';
import { LAWFUL_ORDER } from './tenders/lawful-order.ts';

// What must hold of every installation, whatever has happened to its processes.

/** Several of these for one lot are lawful only where a ruling sent it back to its evaluation. */
const ONCE = ['tender', 'opening-record', 'lot-failed', 'candidates', 'award', 'contract', 'termination'] as const;

const LOT_STAGES_WITHIN: Readonly<Record<ProcurementStage, (stage: LotStage) => boolean>> = {
  draft: (stage) => stage === 'pending',
  launched: (stage) => stage === 'pending',
  bidding: (stage) => stage === 'pending',
  opening: (stage) => stage === 'opening' || stage === 'failed',
  evaluation: (stage) => stage !== 'pending' && stage !== 'opening' && stage !== 'terminated',
  concluded: (stage) => FINAL_LOT_STAGES.includes(stage),
  terminated: (stage) => FINAL_LOT_STAGES.includes(stage),
};

/** Everything that must hold of what is stored and published, whatever has happened to the processes. */
export async function check(
  db: Database,
  env: NodeJS.ProcessEnv,
  temporalAddress: string,
  receipts: readonly Json[],
): Promise<void> {
  const { read } = db;
  await everyWakeDelivered(db);

  // As the command does, from what is stored alone.
  const stored = await openToVerify(storageOf(env));
  const { faults } = await verifyInstallation(stored).finally(() => stored.close());
  expect(faults).toEqual([]);

  const handedIn = await read.select().from(bids);
  for (const { bidId, sha256, size, receivedAt } of receipts) {
    const row = handedIn.find(({ id }) => id === bidId);
    expect(row).toMatchObject({ sha256, size, receivedAt: parseInstant(String(receivedAt)) });
    expect(await db.blobs.inspect(String(sha256))).toEqual({ sha256, size });
  }
  for (const { receivedAt, deadline } of handedIn) expect(receivedAt).toBeLessThan(deadline ?? Infinity);

  for (const tender of await read.select().from(procurements)) {
    const every = await read.select().from(lots).where(eq(lots.procurementId, tender.id));
    for (const lot of every) {
      expect(
        LOT_STAGES_WITHIN[tender.stage](lot.stage),
        `lot ${lot.no} is at ${lot.stage} while its tender is at ${tender.stage}`,
      ).toBe(true);
    }
    await checkNotices(db, tender.id);
    await checkOpenings(db, tender.id, tender.bidDeadline);
    if (tender.sealing !== null && tender.openedAt !== null) await checkUnsealings(db, tender.id);
    for (const lot of every) await checkMilestones(db, tender.id, lot.no);
  }
  await checkWorkflows(db, env, temporalAddress);
}

const everyWakeDelivered = ({ read }: Database): Promise<void> =>
  eventually('the outbox is empty', async () => (await read.select().from(outbox)).length === 0);

/** What Temporal answers of a workflow that it does not know (gRPC). */
const NOT_FOUND = 5;

/**
 * What must run does, and nothing else; and a worker that has forgotten everything finds its way again: each history is
 * replayed to the same commands.
 */
async function checkWorkflows(db: Database, env: NodeJS.ProcessEnv, address: string): Promise<void> {
  const { TEMPORAL_ADDRESS: _given, ...own } = env;
  const config = readTemporalConfig(own);
  const client = await connectClient(config, address);
  try {
    const found = await reconcile({ db, client, taskQueue: config.taskQueues.main, dryRun: true });
    expect(found.filter(({ did }) => did !== 'nothing')).toEqual([]);
    const historyOf = (workflowId: string) => client.workflow.getHandle(workflowId).fetchHistory();
    const workflows = await workflowsOf(db);
    // Some may have begun just now.
    await everyWakeDelivered(db);
    const histories: Recorded[] = [];
    for (const workflowId of workflows) histories.push({ workflowId, history: await historyOf(workflowId) });
    for (const { id } of await db.read.selectDistinct({ id: unsealings.procurementId }).from(unsealings)) {
      // One that had ended is not restarted where Temporal has lost it.
      const history = await historyOf(openingSubject(id)).catch((error: unknown) => {
        if ((error as { code?: number }).code === NOT_FOUND) return null;
        throw error;
      });
      if (history) histories.push({ workflowId: openingSubject(id), history });
    }
    await replay(own, histories);
  } finally {
    await client.connection.close();
  }
}

/** The SDK shuts its runtime down after the last replay of a process: tests that run side by side take turns. */
let lastReplay: Promise<unknown> = Promise.resolve();

interface Recorded {
  readonly workflowId: string;
  readonly history: History;
}

async function replay(env: NodeJS.ProcessEnv, histories: readonly Recorded[]): Promise<void> {
  const turn = lastReplay.then(async () => {
    const options = {
      workflowBundle: await workflowBundle(env),
      dataConverter: dataConverter(readTemporalConfig(env)),
      sinks: silentSinks,
    };
    let replayed = 0;
    for await (const { error } of Worker.runReplayHistories(options, histories)) {
      if (error) throw error;
      replayed += 1;
    }
    expect(replayed).toBe(histories.length);
  });
  lastReplay = turn.catch(() => undefined);
  await turn;
}

async function workflowsOf({ read }: Database): Promise<string[]> {
  const launched = (await read.select().from(procurements)).filter(({ launchedAt }) => launchedAt !== null);
  // A lot that failed at the opening, or terminated before it, never had a workflow.
  const never: readonly LotStage[] = ['pending', 'opening', 'failed', 'terminated'];
  const going = (await read.select().from(lots)).filter(({ stage }) => !never.includes(stage));
  const filed = await read.select().from(grievances);
  return [
    ...launched.map(({ id }) => procurementSubject(id)),
    ...going.map(({ procurementId, no }) => lotSubject(procurementId, no)),
    ...filed.map(({ id }) => grievanceSubject(id)),
  ];
}

async function checkNotices(db: Database, procurementId: string): Promise<void> {
  const published = await db.read.select().from(notices).where(eq(notices.procurementId, procurementId));
  const filed = await db.read.select().from(grievances).where(eq(grievances.procurementId, procurementId));
  const sentBack = filed.some(({ effect }) => effect === 're-evaluate');
  const count = (kind: string, lotNo: number) =>
    published.filter((notice) => notice.kind === kind && notice.lotNo === lotNo).length;
  for (const { kind, lotNo, legalAt, publishedAt } of published) {
    if (ONCE.some((once) => once === kind) && !sentBack) {
      expect(count(kind, lotNo), `${kind} notices of lot ${lotNo}`).toBe(1);
    }
    expect(publishedAt, `${kind} of lot ${lotNo} came out before its time`).toBeGreaterThanOrEqual(legalAt);
  }
  for (const { lotNo } of filed) {
    const replied = filed.filter((grievance) => grievance.lotNo === lotNo && grievance.state === 'replied').length;
    expect(count('grievance-reply', lotNo), `replies for lot ${lotNo}`).toBe(replied);
  }
}

async function checkOpenings(db: Database, procurementId: string, deadline: number | null): Promise<void> {
  const records = await db.read.select().from(openings).where(eq(openings.procurementId, procurementId));
  for (const { legalAt, actualAt, entries } of records) {
    expect(legalAt).toBe(deadline);
    expect(actualAt).toBeGreaterThanOrEqual(legalAt);
    for (const { receivedAt } of entries) expect(receivedAt).toBeLessThan(legalAt);
  }
}

/** Every bid whose lot was opened has one outcome, put on the record once, and it is the one that was read out. */
async function checkUnsealings(db: Database, procurementId: string): Promise<void> {
  const records = await db.read.select().from(openings).where(eq(openings.procurementId, procurementId));
  const stored = await unsealingsOf(db.read, procurementId);
  const readOut = records.flatMap(({ entries }) => entries).filter(({ unsealed }) => unsealed !== undefined);
  const outcome = (bidId: string, state: string, priceFen: number | null) => `${bidId} ${state} ${priceFen ?? ''}`;
  expect(
    readOut.map(({ bidId, unsealed }) => outcome(bidId, String(unsealed?.state), unsealed?.priceFen ?? null)).sort(),
  ).toEqual(stored.map(({ bidId, state, manifest }) => outcome(bidId, state, manifest?.priceFen ?? null)).sort());
  const entries = await db.read
    .select({ subject: audit.subject })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, 'bid.unseal')));
  expect(entries.map(({ subject }) => subject).sort()).toEqual(stored.map(({ bidId }) => `bid/${bidId}`).sort());
}

async function checkMilestones(db: Database, procurementId: string, lotNo: number): Promise<void> {
  const rows = await db.read
    .select()
    .from(milestones)
    .where(eq(milestones.procurementId, procurementId))
    .orderBy(asc(milestones.dueAt));
  const found = await db.read.select().from(suspensions).where(eq(suspensions.procurementId, procurementId));
  const timeline = rows.filter((row) => row.lotNo === 0 || row.lotNo === lotNo);
  let last = { key: 'the beginning' as string, at: 0 };
  for (const key of LAWFUL_ORDER) {
    const row = timeline.find((milestone) => milestone.key === key);
    if (!row || row.actualAt === null || row.state === 'cancelled') continue;
    expect(row.actualAt, `${key} before ${last.key}`).toBeGreaterThanOrEqual(last.at);
    last = { key, at: row.actualAt };
  }
  for (const { key, state, fromAt, dueAt, actualAt, rules, lotNo: ofLot } of timeline) {
    if (state === 'cancelled' || dueAt === null) continue;
    const [rule] = rules;
    const suspended = found.some((each) => each.milestone === key && each.lotNo === ofLot);
    // Every instant that was counted is what the rulebook counts, from the event that it names.
    if (fromAt !== null && rule && !suspended) expect(due(rule.id, fromAt, await db.calendar()).due, key).toBe(dueAt);
    if (actualAt === null) continue;
    const what = `${key}: ${formatInstant(actualAt)}`;
    if (key === 'notice' || key === 'bid-deadline' || key === 'opening') {
      expect(actualAt, what).toBeGreaterThanOrEqual(dueAt);
    }
    if (key === 'publicity-end') expect(actualAt, what).toBeGreaterThan(dueAt);
    if (state === 'deemed') expect(actualAt, what).toBe(dueAt);
  }
}
