import { civilDayOf, formatMinute } from '../civil-time.ts';
import type { MilestoneKey } from './milestones.ts';
import { traceEntry, type TraceEntry } from './period.ts';

/**
 * Milestones that end or are a bidder's time (文件获取、投标、异议、质疑、公示): never shortened once announced. All others are duties
 * of purchaser or agency, which follow the law's count.
 */
export const BIDDERS_TIME: ReadonlySet<MilestoneKey> = new Set<MilestoneKey>([
  'notice-end',
  'documents-until',
  'objection-documents-end',
  'bid-deadline',
  'opening',
  'publicity-end',
  'award-notice-end',
  'query-result-end',
]);

/** Milestones whose date is in a published notice, so that a change is published too. */
export const PUBLISHED_DATES: ReadonlySet<MilestoneKey> = new Set<MilestoneKey>([
  'documents-until',
  'bid-deadline',
  'opening',
  'publicity-end',
]);

/** An instant and its certainty, as a timeline stores it (epoch ms). */
export interface Counted {
  readonly dueAt: number | null;
  readonly earliest: number | null;
  readonly latest: number | null;
  readonly provisional: boolean;
  readonly trace: readonly unknown[];
}

/** The effect of a recount on a stored instant. */
export interface Recounted extends Counted {
  /** Kept although the new calendar would end it earlier: a bidder's time is never shortened. */
  readonly kept: boolean;
}

/** The recounted instant, or the stored one where that is later and a bidder's. */
export function recount(key: MilestoneKey, promised: Counted, counted: Counted): Recounted {
  const { dueAt } = promised;
  if (!BIDDERS_TIME.has(key) || dueAt === null || counted.dueAt === null || counted.dueAt >= dueAt) {
    return { ...counted, kept: false };
  }
  const entry: TraceEntry = traceEntry(civilDayOf(dueAt), false, {
    why: `kept: recalculated it would end ${formatMinute(counted.dueAt)}; a bidder's time is never shortened`,
  });
  return {
    dueAt,
    earliest: counted.provisional ? dueAt : null,
    latest: counted.provisional ? Math.max(dueAt, counted.latest ?? dueAt) : null,
    provisional: counted.provisional,
    trace: [...counted.trace, entry],
    kept: true,
  };
}
