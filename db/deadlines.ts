import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { CUSTODIANS, type Custodian } from '../domain/bids/sealing.ts';
import { deadlineHash } from '../proofs/deadline.ts';
import { recordAudit, UNATTENDED } from './audit.ts';
import type { Queries, Tx } from './access/database.ts';
import { enqueue } from './outbox.ts';
import { procurementRow } from './procurements.ts';
import { audit, deadlines, procurements } from './schema/sqlite.ts';
import { openGrievances } from './suspensions.ts';

export type DeadlineRow = typeof deadlines.$inferSelect;

/** For so long custodians that are away are told that a tender was terminated (civil ms): ours, no law sets it. */
const TERMINATION_TOLD_MS = 30 * 86_400_000;

/**
 * Puts the bid deadline of a published tender into the log, where it is not there already: custodians of bids believe
 * what is there and nothing else, and are told each version. While its clock stands still it has none.
 * @param bidDeadline null: it has none from now on
 */
export async function recordDeadline(tx: Tx, procurementId: string, bidDeadline: number | null): Promise<void> {
  const stopped = (await openGrievances(tx.q, { procurementId, lotNo: 0 }, 'bid-deadline')).length > 0;
  const inForce = stopped ? null : bidDeadline;
  const last = await deadlineInForce(tx.q, procurementId);
  if (last && last.bidDeadline === inForce) return;
  const version = (last?.version ?? 0) + 1;
  await tx.q.insert(deadlines).values({ procurementId, version, bidDeadline: inForce, setAt: tx.now });
  recordAudit(tx, UNATTENDED, {
    action: 'deadline.set',
    procurementId,
    subject: `procurement/${procurementId}`,
    detail: {
      version,
      bidDeadline: inForce,
      hash: deadlineHash({ procurementId, version, bidDeadline: inForce }),
    },
  });
  const { sealing } = await procurementRow(tx.q, procurementId);
  if (sealing) await enqueue(tx, 'start-deadline', `${procurementId}/${version}`);
}

export async function deadlineInForce(q: Queries, procurementId: string): Promise<DeadlineRow | undefined> {
  const [row] = await q
    .select()
    .from(deadlines)
    .where(eq(deadlines.procurementId, procurementId))
    .orderBy(desc(deadlines.version))
    .limit(1);
  return row;
}

/**
 * Tenders whose custodians have to know the deadline: from the notice until the bids are opened, and for a while
 * after a termination that came before.
 */
const toBeKnown = (now: number) =>
  and(
    isNotNull(procurements.sealing),
    or(
      inArray(procurements.stage, ['bidding', 'opening']),
      and(
        eq(procurements.stage, 'terminated'),
        isNull(procurements.openedAt),
        gt(procurements.endedAt, now - TERMINATION_TOLD_MS),
      ),
    ),
  );

/** Whether custodians still have to be told this version: no newer one has replaced it, and the opening is not over. */
export async function isDeadlineToTell(
  q: Queries,
  now: number,
  { procurementId, version }: Pick<DeadlineRow, 'procurementId' | 'version'>,
): Promise<boolean> {
  if ((await deadlineInForce(q, procurementId))?.version !== version) return false;
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(eq(procurements.id, procurementId), toBeKnown(now)));
  return rows.length > 0;
}

/** What a custodian said to the deadline in force when it was told. */
export interface ToldCustodian {
  readonly custodian: Custodian;
  readonly state: 'waiting' | 'told' | 'refused';
  /** Why it refuses; null where it does not. */
  readonly reason: string | null;
  readonly at: number | null;
}

/** Each custodian once, in the order of CUSTODIANS; all `waiting` where no deadline was set. */
export async function toldCustodians(q: Queries, procurementId: string): Promise<ToldCustodian[]> {
  const inForce = await deadlineInForce(q, procurementId);
  const entries = inForce ? await toldEntries(q, procurementId) : [];
  return CUSTODIANS.map((custodian) => {
    const last = entries.findLast(
      ({ subject, detail }) => subject === subjectOf(custodian) && detail['version'] === inForce?.version,
    );
    if (!last) return { custodian, state: 'waiting', reason: null, at: null };
    const { reason } = last.detail as { reason?: string };
    return { custodian, state: last.action === REFUSED ? 'refused' : 'told', reason: reason ?? null, at: last.at };
  });
}

const TOLD = 'deadline.told';
const REFUSED = 'deadline.refused';
const subjectOf = (custodian: Custodian): string => `custodian/${custodian}`;

const toldEntries = (q: Queries, procurementId: string) =>
  q
    .select({ action: audit.action, subject: audit.subject, detail: audit.detail, at: audit.at })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), inArray(audit.action, [TOLD, REFUSED])))
    .orderBy(asc(audit.seq));

/**
 * Puts on the record what a custodian said to a deadline; not twice, and nothing of one that was replaced meanwhile:
 * it may have refused that because it knows the newer.
 * @param reason why it refuses; null: it believes it
 */
export async function noteTold(
  tx: Tx,
  told: { procurementId: string; version: number; custodian: Custodian; reason: string | null },
): Promise<void> {
  const { procurementId, version, custodian, reason } = told;
  if ((await deadlineInForce(tx.q, procurementId))?.version !== version) return;
  const before = (await toldCustodians(tx.q, procurementId)).find((each) => each.custodian === custodian);
  const state = reason === null ? 'told' : 'refused';
  if (before?.state === state && before.reason === reason) return;
  recordAudit(tx, UNATTENDED, {
    action: reason === null ? TOLD : REFUSED,
    procurementId,
    subject: subjectOf(custodian),
    detail: reason === null ? { version } : { version, reason },
  });
}

/** A deadline that custodians have to know, with what they said to it. */
export interface DeadlineToTell {
  /** Of the procurement. */
  readonly id: string;
  readonly version: number;
  readonly told: readonly ToldCustodian[];
}

/** A page of them, by the id of their procurement. */
export async function deadlinesToTell(
  q: Queries,
  now: number,
  after: string | undefined,
  limit: number,
): Promise<DeadlineToTell[]> {
  const rows = await q
    .select({ id: procurements.id, version: sql<number>`max(${deadlines.version})`.mapWith(Number) })
    .from(procurements)
    .innerJoin(deadlines, eq(deadlines.procurementId, procurements.id))
    .where(and(toBeKnown(now), after === undefined ? undefined : gt(procurements.id, after)))
    .groupBy(procurements.id)
    .orderBy(asc(procurements.id))
    .limit(limit);
  return Promise.all(rows.map(async (row) => ({ ...row, told: await toldCustodians(q, row.id) })));
}

/** Tenders with a deadline that a custodian refuses to believe: platform and custodian disagree about the log, or its order. */
export async function refusedDeadlines(q: Queries, now: number): Promise<DeadlineToTell[]> {
  const rows = await q
    .selectDistinct({ id: procurements.id })
    .from(procurements)
    .innerJoin(audit, eq(audit.procurementId, procurements.id))
    .where(and(toBeKnown(now), eq(audit.action, REFUSED)));
  const refused: DeadlineToTell[] = [];
  for (const { id } of rows) {
    const told = await toldCustodians(q, id);
    const inForce = await deadlineInForce(q, id);
    if (inForce && told.some(({ state }) => state === 'refused')) refused.push({ id, version: inForce.version, told });
  }
  return refused;
}
