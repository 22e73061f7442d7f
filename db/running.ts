import { and, asc, count, eq, exists, gt, inArray, isNotNull, isNull, ne, or } from 'drizzle-orm';
import { FINAL_LOT_STAGES, type LotStage, type ProcurementStage } from '../domain/stages.ts';
import type { Queries, Tx } from './access/database.ts';
import { decisions, grievances, lots, milestones, messages, procurements } from './schema/sqlite.ts';

/** A tender that a workflow has to carry on, as the database has it. */
export interface RunningTender {
  readonly id: string;
  readonly stage: ProcurementStage;
  /** The lots that have a workflow of their own: opened and not ended. */
  readonly lots: readonly { readonly no: number; readonly stage: LotStage }[];
}

const GOING: readonly ProcurementStage[] = ['launched', 'bidding', 'opening', 'evaluation'];

/** Launched and not ended, or terminated with fees and deposits still to be given back. */
const running = (q: Queries) =>
  or(
    inArray(procurements.stage, [...GOING]),
    and(
      eq(procurements.stage, 'terminated'),
      exists(
        q
          .select({ key: milestones.key })
          .from(milestones)
          .where(
            and(
              eq(milestones.procurementId, procurements.id),
              eq(milestones.lotNo, 0),
              eq(milestones.state, 'planned'),
            ),
          ),
      ),
    ),
  );

/** A page of them, by id; `after`: the last of the page before. */
export async function runningTenders(q: Queries, after: string | undefined, limit: number): Promise<RunningTender[]> {
  const rows = await q
    .select({ id: procurements.id, stage: procurements.stage })
    .from(procurements)
    .where(and(running(q), after === undefined ? undefined : gt(procurements.id, after)))
    .orderBy(asc(procurements.id))
    .limit(limit);
  return withLots(q, rows);
}

/** The tender, if a workflow still has to carry it on. */
export async function runningTender(q: Queries, id: string): Promise<RunningTender | undefined> {
  const rows = await q
    .select({ id: procurements.id, stage: procurements.stage })
    .from(procurements)
    .where(and(running(q), eq(procurements.id, id)));
  return (await withLots(q, rows))[0];
}

async function withLots(
  q: Queries,
  tenders: readonly { id: string; stage: ProcurementStage }[],
): Promise<RunningTender[]> {
  if (tenders.length === 0) return [];
  const every = await q
    .select({ procurementId: lots.procurementId, no: lots.no, stage: lots.stage })
    .from(lots)
    .where(
      inArray(
        lots.procurementId,
        tenders.map(({ id }) => id),
      ),
    )
    .orderBy(asc(lots.procurementId), asc(lots.no));
  return tenders.map((tender) => ({
    ...tender,
    lots: every
      .filter(({ procurementId, stage }) => procurementId === tender.id && isGoing(stage))
      .map(({ no, stage }) => ({ no, stage })),
  }));
}

const isGoing = (stage: LotStage): boolean =>
  stage !== 'pending' && stage !== 'opening' && !FINAL_LOT_STAGES.includes(stage);

export interface CarriedGrievance {
  readonly id: string;
  readonly state: 'filed' | 'overdue' | 'replied';
}

/** Those without a reply, and those replied to in a tender that goes on, which may not have heard of it. */
const carried = or(inArray(grievances.state, ['filed', 'overdue']), inArray(procurements.stage, [...GOING]));

/** A page of them, by id. */
export async function grievancesToCarry(
  q: Queries,
  after: string | undefined,
  limit: number,
): Promise<CarriedGrievance[]> {
  return q
    .select({ id: grievances.id, state: grievances.state })
    .from(grievances)
    .innerJoin(procurements, eq(procurements.id, grievances.procurementId))
    .where(and(carried, after === undefined ? undefined : gt(grievances.id, after)))
    .orderBy(asc(grievances.id))
    .limit(limit);
}

export async function grievanceToCarry(q: Queries, id: string): Promise<CarriedGrievance | undefined> {
  const [row] = await q
    .select({ id: grievances.id, state: grievances.state })
    .from(grievances)
    .innerJoin(procurements, eq(procurements.id, grievances.procurementId))
    .where(and(carried, eq(grievances.id, id)));
  return row;
}

/** Whether a running tender's timeline was last counted by another calendar. */
export async function behindCalendar(q: Queries, hash: string): Promise<boolean> {
  const rows = await q
    .select({ id: procurements.id })
    .from(procurements)
    .where(and(running(q), or(isNull(procurements.calendarHash), ne(procurements.calendarHash, hash))))
    .limit(1);
  return rows.length > 0;
}

/** How many decisions nobody has carried out or refused yet. */
export async function submittedDecisions(q: Queries): Promise<number> {
  const [row] = await q.select({ n: count() }).from(decisions).where(eq(decisions.state, 'submitted'));
  return row?.n ?? 0;
}

/** Has the messages of such decisions delivered at once, those included that a lost Temporal had taken. */
export async function deliverAgain(tx: Tx): Promise<void> {
  const waiting = tx.q.select({ id: decisions.id }).from(decisions).where(eq(decisions.state, 'submitted'));
  await tx.q
    .update(messages)
    .set({ deliveredAt: null, notBefore: 0 })
    .where(
      and(
        eq(messages.kind, 'decision'),
        inArray(messages.subject, waiting),
        or(isNotNull(messages.deliveredAt), gt(messages.notBefore, 0)),
      ),
    );
}
