import { and, count, eq, isNull, lt, min, notExists, or, sql } from 'drizzle-orm';
import { realMsBetween, type ClockSetting } from '../domain/clock.ts';
import type { MilestoneKey } from '../domain/law/milestones.ts';
import type { Queries } from './access/database.ts';
import { grievances, installation, milestones, outbox, suspensions } from './schema/sqlite.ts';

// Numbers that monitoring reads every few seconds: each comes from an index, never from a whole table.

/** Wakes not delivered to Temporal yet. */
export interface OutboxState {
  readonly count: number;
  /** For how long the oldest waits (real ms); 0: none waits. */
  readonly oldestMs: number;
}

export async function outboxState(q: Queries, clock: ClockSetting, now: number): Promise<OutboxState> {
  const [row] = await q.select({ count: count(), oldest: min(outbox.createdAt) }).from(outbox);
  return { count: row?.count ?? 0, oldestMs: realMsBetween(clock, row?.oldest ?? now, now) };
}

/** How many milestones of each kind are due, undone and not suspended at a civil instant (epoch ms). */
export async function overdueMilestones(q: Queries, now: number): Promise<Map<MilestoneKey, number>> {
  // An objection that suspends the deadline also suspends the opening, which is at the same instant.
  const suspended = q
    .select({ one: sql`1` })
    .from(suspensions)
    .where(
      and(
        eq(suspensions.procurementId, milestones.procurementId),
        eq(suspensions.lotNo, milestones.lotNo),
        or(
          eq(suspensions.milestone, milestones.key),
          and(eq(suspensions.milestone, 'bid-deadline'), eq(milestones.key, 'opening')),
        ),
        isNull(suspensions.until),
      ),
    );
  const rows = await q
    .select({ key: milestones.key, count: count() })
    .from(milestones)
    .where(and(sql`${milestones.state} = 'planned'`, lt(milestones.dueAt, now), notExists(suspended)))
    .groupBy(milestones.key);
  return new Map(rows.map((row) => [row.key, row.count]));
}

/** How many grievances (异议、质疑) are without a reply after its last instant, at a civil instant (epoch ms). */
export async function overdueReplies(q: Queries, now: number): Promise<number> {
  const [row] = await q
    .select({ count: count() })
    .from(grievances)
    .where(and(sql`${grievances.state} <> 'replied'`, lt(grievances.replyDueAt, now)));
  return row?.count ?? 0;
}

/** How far the guarded clock is ahead of the database's clock (real ms): above 0, the latter was set back. */
export async function clockAheadMs(q: Queries, clock: ClockSetting, now: number): Promise<number> {
  const [row] = await q.select({ last: installation.lastInstant }).from(installation);
  return row ? realMsBetween(clock, now, row.last) : 0;
}
