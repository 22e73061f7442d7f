import { civilDayOf, startOfDay } from '../../../domain/civil-time.ts';
import { getPeriodRule } from '../../../domain/law/due.ts';
import type { MilestoneKey } from '../../../domain/law/milestones.ts';
import type { Seen } from './judge.ts';
import type { Snapshot } from './snapshot.ts';

/** What protects bidders: they may rely on it that they have so long. */
const OF_BIDDERS: readonly MilestoneKey[] = [
  'documents-until',
  'bid-deadline',
  'objection-documents-end',
  'publicity-end',
  'query-result-end',
];

const milestoneOf = ({ milestones }: Snapshot, lotNo: number, key: MilestoneKey) =>
  milestones.find((each) => each.lotNo === lotNo && each.key === key);

const suspensionsOf = ({ suspensions }: Snapshot, lotNo: number, key: MilestoneKey) =>
  suspensions.filter((each) => each.lotNo === lotNo && each.milestone === key);

const isSuspended = (seen: Snapshot, lotNo: number, key: MilestoneKey): boolean =>
  suspensionsOf(seen, lotNo, key).some(({ until }) => until === null);

/** Since when a clock that is suspended now has not run: overlapping suspensions are one. */
function suspendedSince(seen: Snapshot, lotNo: number, key: MilestoneKey, until: number): number {
  return suspensionsOf(seen, lotNo, key)
    .toSorted((a, b) => b.from - a.from)
    .reduce((since, each) => ((each.until ?? until) >= since ? Math.min(since, each.from) : since), until);
}

/** Whole days after that of the event, up to the last, in which the clock was never suspended. */
function freeDays(from: number, dueAt: number, suspended: Snapshot['suspensions']): number {
  let free = 0;
  for (let day = civilDayOf(from) + 1; day <= civilDayOf(dueAt); day += 1) {
    const [begins, ends] = [startOfDay(day), startOfDay(day + 1)];
    if (suspended.every((each) => each.from >= ends || (each.until ?? Infinity) <= begins)) free += 1;
  }
  return free;
}

/** An end only moves later; after a suspension at least as much is left as when it began. */
export function* nobodysTimeIsShortened({ before, now, at }: Seen): Iterable<string> {
  if (!before) return;
  const wasPublic = before.procurement.stage === 'bidding';
  const [was, is] = [before.procurement.bidDeadline, now.procurement.bidDeadline];
  if (wasPublic && was !== null && (is === null || is < was)) yield `the deadline moved ${was - (is ?? 0)} ms earlier`;
  for (const { lotNo, key, dueAt, fromAt, state } of before.milestones) {
    if (!OF_BIDDERS.includes(key) || dueAt === null || (state !== 'planned' && state !== 'window')) continue;
    if (before.procurement.stage === 'launched') continue;
    const later = milestoneOf(now, lotNo, key);
    // Counted from another event: another result, another window.
    if (!later || later.state === 'cancelled' || later.fromAt !== fromAt) continue;
    if (later.dueAt === null || later.dueAt < dueAt)
      yield `${key} of lot ${lotNo} moved from ${dueAt} to ${later.dueAt}`;
    if (!isSuspended(before, lotNo, key) || isSuspended(now, lotNo, key)) continue;
    if (later.dueAt === null) continue;
    const [rule] = later.rules;
    if (fromAt !== null && rule) {
      const wanted = getPeriodRule(rule.id).amount;
      const free = freeDays(fromAt, later.dueAt, suspensionsOf(now, lotNo, key));
      if (free < wanted) yield `${key} of lot ${lotNo} has ${free} whole days that were not suspended, of ${wanted}`;
      continue;
    }
    const since = suspendedSince(before, lotNo, key, at);
    if (later.dueAt - at < dueAt - since)
      yield `${key} of lot ${lotNo} had ${dueAt - since} ms left when it was suspended, and has ${later.dueAt - at} now that it runs`;
  }
}

/** While its clock is suspended nothing ends by time alone. */
export function* suspendedStandsStill({ before, now }: Seen): Iterable<string> {
  if (!before) return;
  for (const { lotNo, milestone } of before.suspensions.filter(({ until }) => until === null)) {
    if (!isSuspended(now, lotNo, milestone)) continue;
    const ended = milestoneOf(now, lotNo, milestone);
    if (ended && (ended.state === 'done' || ended.state === 'deemed') && ended.by === 'unattended')
      yield `${milestone} of lot ${lotNo} ended while its clock was suspended`;
  }
}
