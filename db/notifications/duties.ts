import { and, asc, gt, inArray, lte, sql } from 'drizzle-orm';
import { DUTIES } from '../../domain/notifications/duties.ts';
import type { Queries } from '../access/database.ts';
import { grievances, milestones } from '../schema/sqlite.ts';
import { unsuspended } from '../tender/suspensions.ts';

export interface DutyRow {
  readonly procurementId: string;
  readonly lotNo: number;
  readonly fromAt: number | null;
  readonly dueAt: number;
}

/** Duties of people in the timelines, undone and not suspended, that are due after `after` and not after `until`. */
export async function dutiesDue(
  q: Queries,
  after: number,
  until: number,
): Promise<(DutyRow & Pick<typeof milestones.$inferSelect, 'key'>)[]> {
  const rows = await q
    .select({
      procurementId: milestones.procurementId,
      lotNo: milestones.lotNo,
      key: milestones.key,
      fromAt: milestones.fromAt,
      dueAt: milestones.dueAt,
    })
    .from(milestones)
    .where(
      and(
        sql`${milestones.state} = 'planned'`,
        inArray(milestones.key, DUTIES),
        gt(milestones.dueAt, after),
        lte(milestones.dueAt, until),
        unsuspended(q),
      ),
    )
    .orderBy(asc(milestones.dueAt), asc(milestones.procurementId), asc(milestones.lotNo));
  return rows.flatMap(({ dueAt, ...row }) => (dueAt === null ? [] : [{ ...row, dueAt }]));
}

/** Grievances without a reply whose last instant is not after `until`; that they are overdue is an event of its own. */
export async function repliesDueUntil(
  q: Queries,
  now: number,
  until: number,
): Promise<(DutyRow & { readonly id: string })[]> {
  return q
    .select({
      id: grievances.id,
      procurementId: grievances.procurementId,
      lotNo: grievances.lotNo,
      fromAt: grievances.filedAt,
      dueAt: grievances.replyDueAt,
    })
    .from(grievances)
    .where(
      and(sql`${grievances.state} <> 'replied'`, gt(grievances.replyDueAt, now), lte(grievances.replyDueAt, until)),
    )
    .orderBy(asc(grievances.replyDueAt), asc(grievances.id));
}
