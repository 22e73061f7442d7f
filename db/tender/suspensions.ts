import { and, asc, eq, inArray, isNull, notExists, sql, type SQL } from 'drizzle-orm';
import { v7 as newId } from 'uuid';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import type { Recheck } from '../../domain/decisions.ts';
import type { GrievanceInterval, RecheckInterval, ResumedClock } from '../../domain/suspended.ts';
import type { Queries, Tx } from '../access/database.ts';
import { prepared } from '../access/statements.ts';
import {
  audit,
  decisions,
  grievances,
  milestones,
  openingPauses,
  procurements,
  suspensions,
} from '../schema/sqlite.ts';
import type { TenderPlace } from './place.ts';

type Suspension = typeof suspensions.$inferSelect;

export async function suspend(tx: Tx, place: TenderPlace, milestone: MilestoneKey, grievanceId: string): Promise<void> {
  await tx.q
    .insert(suspensions)
    .values({ id: newId(), ...pick(place), milestone, grievanceId, from: tx.now, until: null });
}

export async function suspensionsOf(q: Queries, place: TenderPlace, milestone: MilestoneKey): Promise<Suspension[]> {
  return selectSuspensions(q).execute({ procurementId: place.procurementId, lotNo: place.lotNo, milestone });
}

const selectSuspensions = prepared((q) =>
  q
    .select()
    .from(suspensions)
    .where(
      and(
        eq(suspensions.procurementId, sql.placeholder('procurementId')),
        eq(suspensions.lotNo, sql.placeholder('lotNo')),
        eq(suspensions.milestone, sql.placeholder('milestone')),
      ),
    )
    .orderBy(asc(suspensions.from), asc(suspensions.id))
    .prepare(),
);

/** The grievances that suspend the clock of a milestone. */
export async function openGrievances(q: Queries, place: TenderPlace, milestone: MilestoneKey): Promise<string[]> {
  const rows = await suspensionsOf(q, place, milestone);
  return rows.filter((row) => row.until === null).map((row) => row.grievanceId);
}

/** The suspensions of a query's procurements that suspend a clock of the whole procurement. */
export const isSuspended = (milestone: MilestoneKey): SQL | undefined =>
  and(
    eq(suspensions.procurementId, procurements.id),
    eq(suspensions.lotNo, 0),
    eq(suspensions.milestone, milestone),
    isNull(suspensions.until),
  );

/** That the clock of a query's milestones runs. */
export const unsuspended = (q: Queries): SQL =>
  notExists(
    q
      .select({ one: sql`1` })
      .from(suspensions)
      .where(
        and(
          eq(suspensions.procurementId, milestones.procurementId),
          eq(suspensions.lotNo, milestones.lotNo),
          eq(suspensions.milestone, milestones.key),
          isNull(suspensions.until),
        ),
      ),
  );

/** The suspensions of clocks of procurements that have not run out, each with its grievance, oldest first. */
export async function grievanceIntervalsOf(
  q: Queries,
  procurementIds: readonly string[],
): Promise<(GrievanceInterval & { readonly procurementId: string })[]> {
  if (procurementIds.length === 0) return [];
  return q
    .select({
      procurementId: suspensions.procurementId,
      lotNo: suspensions.lotNo,
      milestone: suspensions.milestone,
      from: suspensions.from,
      until: suspensions.until,
      target: grievances.target,
      replyDueAt: grievances.replyDueAt,
    })
    .from(suspensions)
    .innerJoin(grievances, eq(grievances.id, suspensions.grievanceId))
    .innerJoin(
      milestones,
      and(
        eq(milestones.procurementId, suspensions.procurementId),
        eq(milestones.lotNo, suspensions.lotNo),
        eq(milestones.key, suspensions.milestone),
        eq(milestones.state, 'planned'),
      ),
    )
    .where(inArray(suspensions.procurementId, [...procurementIds]))
    .orderBy(asc(suspensions.from), asc(suspensions.id));
}

/** Every suspension of a clock of a tender by a grievance, ended or not. */
export async function grievanceIntervalsIn(q: Queries, procurementId: string): Promise<GrievanceInterval[]> {
  return q
    .select({
      lotNo: suspensions.lotNo,
      milestone: suspensions.milestone,
      from: suspensions.from,
      until: suspensions.until,
      target: grievances.target,
      replyDueAt: grievances.replyDueAt,
    })
    .from(suspensions)
    .innerJoin(grievances, eq(grievances.id, suspensions.grievanceId))
    .where(eq(suspensions.procurementId, procurementId))
    .orderBy(asc(suspensions.from), asc(suspensions.id));
}

/** The suspensions of clocks of procurements by a recheck, ended or not, oldest first. */
export async function recheckIntervalsOf(
  q: Queries,
  procurementIds: readonly string[],
): Promise<(RecheckInterval & { readonly procurementId: string })[]> {
  if (procurementIds.length === 0) return [];
  const rows = await q
    .select({
      procurementId: suspensions.procurementId,
      lotNo: suspensions.lotNo,
      milestone: suspensions.milestone,
      from: suspensions.from,
      until: suspensions.until,
      payload: decisions.payload,
    })
    .from(suspensions)
    .innerJoin(decisions, and(eq(decisions.id, suspensions.grievanceId), eq(decisions.kind, 'recheck')))
    .where(inArray(suspensions.procurementId, [...procurementIds]))
    .orderBy(asc(suspensions.from), asc(suspensions.id));
  return rows.map(({ payload, ...row }) => {
    const { ground, dueAt } = payload as Recheck;
    return { ...row, ground, dueAt };
  });
}

/** What the trail says of clocks that ran again. */
export const RESUMED = 'clock.resume';

export async function resumedClocksOf(q: Queries, procurementId: string): Promise<ResumedClock[]> {
  const rows = await q
    .select({ at: audit.at, detail: audit.detail })
    .from(audit)
    .where(and(eq(audit.procurementId, procurementId), eq(audit.action, RESUMED)))
    .orderBy(asc(audit.seq));
  return rows.map(({ at, detail }) => ({ ...(detail as unknown as Omit<ResumedClock, 'at'>), at }));
}

/** The pauses of openings that a supervisor has not ended. */
export async function openPausesOf(
  q: Queries,
  procurementIds: readonly string[],
): Promise<(typeof openingPauses.$inferSelect)[]> {
  if (procurementIds.length === 0) return [];
  return q
    .select()
    .from(openingPauses)
    .where(and(inArray(openingPauses.procurementId, [...procurementIds]), isNull(openingPauses.until)));
}

const pick = ({ procurementId, lotNo }: TenderPlace): TenderPlace => ({ procurementId, lotNo });
