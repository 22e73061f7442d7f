import { and, asc, desc, eq, gte, inArray, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { MilestoneKey } from '../../domain/law/milestones.ts';
import { DUTIES } from '../../domain/notifications/duties.ts';
import type { Queries } from '../access/database.ts';
import { isNamed } from '../organisations.ts';
import type { ProcurementRow } from '../procurements.ts';
import { grievances, milestones, openingPauses, organisations, procurements, suspensions } from '../schema/sqlite.ts';
import { unsuspended } from './suspensions.ts';

/** Which tenders. */
export interface TenderFilter {
  readonly regime?: ProcurementRow['regime'] | undefined;
  /** Part of the name of the purchaser, or its credit code. */
  readonly purchaser?: string | undefined;
}

const ofTender = (q: Queries, { regime, purchaser }: TenderFilter): SQL | undefined =>
  and(
    regime === undefined ? undefined : eq(procurements.regime, regime),
    purchaser === undefined
      ? undefined
      : inArray(
          procurements.purchaserId,
          q.select({ id: organisations.id }).from(organisations).where(isNamed(purchaser)),
        ),
  );

/** Where a page of duties begins: after this one. */
export interface DutyPlace {
  readonly dueAt: number;
  readonly procurementId: string;
  readonly lotNo: number;
  readonly key: MilestoneKey;
}

const tender = {
  procurementId: procurements.id,
  title: procurements.title,
  regime: procurements.regime,
  procedure: procurements.procedure,
  purchaserId: procurements.purchaserId,
  agencyId: procurements.agencyId,
};

/** The duties of all tenders that are not done and whose clocks run, the earliest first. @param late those due before this instant */
export async function dutiesEverywhere(
  q: Queries,
  page: TenderFilter & {
    readonly key?: MilestoneKey | undefined;
    readonly late?: number | undefined;
    readonly after?: DutyPlace | undefined;
    readonly limit: number;
  },
) {
  const { key, late, after, limit } = page;
  const place = sql`(${milestones.dueAt}, ${milestones.procurementId}, ${milestones.lotNo}, ${milestones.key})`;
  const rows = await q
    .select({
      ...tender,
      lotNo: milestones.lotNo,
      key: milestones.key,
      dueAt: milestones.dueAt,
      provisional: milestones.provisional,
      ifNobodyActs: milestones.ifNobodyActs,
    })
    .from(milestones)
    .innerJoin(procurements, eq(procurements.id, milestones.procurementId))
    .where(
      and(
        sql`${milestones.state} = 'planned'`,
        inArray(milestones.key, key === undefined ? DUTIES : [key]),
        late === undefined ? sql`${milestones.dueAt} is not null` : lt(milestones.dueAt, late),
        // The index has the instant alone.
        after && gte(milestones.dueAt, after.dueAt),
        after && sql`${place} > (${after.dueAt}, ${after.procurementId}, ${after.lotNo}, ${after.key})`,
        ofTender(q, page),
        unsuspended(q),
      ),
    )
    .orderBy(asc(milestones.dueAt), asc(milestones.procurementId), asc(milestones.lotNo), asc(milestones.key))
    .limit(limit);
  return rows.flatMap(({ dueAt, ...row }) => (dueAt === null ? [] : [{ ...row, dueAt }]));
}

export interface GrievancePlace {
  readonly at: number;
  readonly id: string;
}

/**
 * Objections and queries of all tenders: those that wait for a reply, the earliest due first; or those that have one, the latest first.
 * @param late those whose reply was due before this instant
 */
export async function grievancesEverywhere(
  q: Queries,
  page: TenderFilter & {
    readonly replied: boolean;
    readonly kind?: 'objection' | 'query' | undefined;
    readonly late?: number | undefined;
    readonly after?: GrievancePlace | undefined;
    readonly limit: number;
  },
) {
  const { replied, kind, late, after, limit } = page;
  const { replyDueAt, id } = grievances;
  return q
    .select({ ...tender, grievance: grievances })
    .from(grievances)
    .innerJoin(procurements, eq(procurements.id, grievances.procurementId))
    .where(
      and(
        replied ? eq(grievances.state, 'replied') : sql`${grievances.state} <> 'replied'`,
        kind === undefined ? undefined : eq(grievances.kind, kind),
        late === undefined ? undefined : lt(replyDueAt, late),
        after && (replied ? sql`${id} < ${after.id}` : sql`(${replyDueAt}, ${id}) > (${after.at}, ${after.id})`),
        ofTender(q, page),
      ),
    )
    .orderBy(...(replied ? [desc(id)] : [asc(replyDueAt), asc(id)]))
    .limit(limit);
}

/** The clocks that each of these grievances suspends now. */
export async function suspendedByGrievances(
  q: Queries,
  ids: readonly string[],
): Promise<{ readonly grievanceId: string; readonly milestone: MilestoneKey; readonly from: number }[]> {
  if (ids.length === 0) return [];
  return q
    .select({ grievanceId: suspensions.grievanceId, milestone: suspensions.milestone, from: suspensions.from })
    .from(suspensions)
    .where(and(inArray(suspensions.grievanceId, [...ids]), isNull(suspensions.until)))
    .orderBy(asc(suspensions.from), asc(suspensions.id));
}

/** Tenders with a clock that may not run: something suspends it, or a supervisor has paused the opening. */
export async function tendersSuspended(
  q: Queries,
  page: TenderFilter & { readonly after?: string | undefined; readonly limit: number },
): Promise<ProcurementRow[]> {
  // What has ended otherwise leaves its interval open: the clock is planned still, the bids are not opened yet.
  const clocks = q
    .select({ id: suspensions.procurementId })
    .from(suspensions)
    .innerJoin(
      milestones,
      and(
        eq(milestones.procurementId, suspensions.procurementId),
        eq(milestones.lotNo, suspensions.lotNo),
        eq(milestones.key, suspensions.milestone),
        eq(milestones.state, 'planned'),
      ),
    )
    .where(isNull(suspensions.until));
  const pauses = q
    .select({ id: openingPauses.procurementId })
    .from(openingPauses)
    .innerJoin(procurements, eq(procurements.id, openingPauses.procurementId))
    .where(and(isNull(openingPauses.until), inArray(procurements.stage, ['bidding', 'opening'])));
  const rows = await q
    .select({ row: procurements })
    .from(procurements)
    .where(
      and(
        inArray(procurements.id, clocks.union(pauses)),
        page.after === undefined ? undefined : sql`${procurements.id} > ${page.after}`,
        ofTender(q, page),
      ),
    )
    .orderBy(asc(procurements.id))
    .limit(page.limit);
  return rows.map(({ row }) => row);
}
