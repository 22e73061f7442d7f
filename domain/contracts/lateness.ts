import { civilDayOf, endOfDay } from '../civil-time.ts';
import { daysIn } from '../evaluation/opened.ts';
import type { ContractChange } from './acts.ts';
import type { ContractTerms } from './stated.ts';

// 履行期限: until when a contract is to be performed, and how late it was.

/** Days between each suspension and what followed it; null while one lasts. */
function suspendedDays(changes: readonly Pick<ContractChange, 'kind' | 'signedAt'>[]): number | null {
  let days = 0;
  let since: number | null = null;
  for (const { kind, signedAt } of changes) {
    if (kind === 'suspension') since ??= signedAt;
    else if (kind === 'resumption' && since !== null) {
      days += civilDayOf(signedAt) - civilDayOf(since);
      since = null;
    }
  }
  return since === null ? days : null;
}

/**
 * The last instant for the performance: the days of the contract, or of its last variation, from the day after its signing,
 * with those on which it was suspended; null: they are not stated in days, or it is suspended.
 */
export function performanceDueAt(
  signedAt: number,
  terms: Pick<ContractTerms, 'period'> | null,
  changes: readonly Pick<ContractChange, 'kind' | 'signedAt' | 'period'>[],
): number | null {
  const period = changes.findLast((each) => typeof each.period === 'string')?.period ?? terms?.period;
  const days = period === undefined ? undefined : daysIn(period)[0];
  const suspended = suspendedDays(changes);
  if (days === undefined || suspended === null) return null;
  return endOfDay(civilDayOf(signedAt) + days + suspended);
}

/** Civil days after the last one; 0: in time, or no last day is known. */
export const daysLate = (dueAt: number | null, at: number): number =>
  dueAt === null ? 0 : Math.max(0, civilDayOf(at) - civilDayOf(dueAt));
