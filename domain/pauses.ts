import { assertInstant, civilDayOf, endOfDay, startOfDay, type CivilDay } from './civil-time.ts';
import { DomainError } from './errors.ts';
import type { Calendar } from './law/calendar.ts';
import { cited, dayPeriod, getPeriodRule, instantPeriod, roundsUp, type Due, type PeriodRule } from './law/due.ts';
import type { Suspended, TraceEntry } from './law/period.ts';
import { postponed } from './postponed.ts';

/**
 * Suspension (暂停): an interval in which a clock does not run. A minimum period counts only days wholly outside every
 * suspension; a duty is postponed only by days wholly inside one, and never falls due while its clock is suspended. Both
 * round in favour of whom the period protects, against the party that must wait.
 */
export interface Suspension {
  /** First instant at which the clock is suspended, epoch ms. */
  readonly from: number;
  /** First instant at which it runs again; `null` until it is resumed. */
  readonly until: number | null;
}

/** A period with suspensions in it. All instants are null while an open suspension keeps it from ending. */
export type ResumedPeriod =
  | Due
  | {
      readonly rule: string;
      readonly from: number;
      readonly due: null;
      readonly endsAt: null;
      readonly lastDay: null;
      readonly provisional: boolean;
      readonly bounds: null;
      readonly trace: readonly TraceEntry[];
      readonly law: string;
      readonly article: string;
      readonly status: Due['status'];
    };

interface Interval {
  readonly from: number;
  /** `Infinity` while open. */
  readonly until: number;
}

/**
 * Sorted, disjoint, not touching: overlapping suspensions count once, and one that is split in two counts as one.
 * @throws DomainError `bad-suspension`, `bad-instant`
 */
function merge(suspensions: readonly Suspension[]): Interval[] {
  const intervals = suspensions.map(({ from, until }): Interval => {
    assertInstant(from, 'suspension.from');
    if (until !== null) assertInstant(until, 'suspension.until');
    if (until !== null && until < from) {
      throw new DomainError('bad-suspension', {
        messageZh: '暂停的结束时间早于开始时间',
        messageEn: 'A suspension ends before it begins',
        details: { from, until },
      });
    }
    return { from, until: until ?? Infinity };
  });
  const merged: Interval[] = [];
  for (const interval of intervals.filter(({ from, until }) => until > from).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && interval.from <= last.until) {
      merged[merged.length - 1] = { from: last.from, until: Math.max(last.until, interval.until) };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}

/** How the days of a suspension affect a period that rounds up (minimum, fixed) or down (a duty). */
function suspendedOf(intervals: readonly Interval[], up: boolean): Suspended {
  const open = intervals.find(({ until }) => until === Infinity);
  const touched = (day: CivilDay): boolean =>
    intervals.some(({ from, until }) => from < startOfDay(day + 1) && until > startOfDay(day));
  const covered = (day: CivilDay): boolean =>
    intervals.some(({ from, until }) => from <= startOfDay(day) && until >= startOfDay(day + 1));
  const standsAtEnd = (day: CivilDay): boolean =>
    intervals.some(({ from, until }) => from <= endOfDay(day) && until > endOfDay(day));
  return {
    skips: up ? touched : covered,
    bars: up ? touched : standsAtEnd,
    openFrom: open === undefined ? null : civilDayOf(open.from),
  };
}

/** Hours and minutes are postponed by exactly the suspended milliseconds. `null` if an open suspension is met. */
function suspendedMs(rule: PeriodRule, from: number, intervals: readonly Interval[]): number | null {
  let end = instantPeriod(rule, from).due;
  const plain = end;
  for (const interval of intervals) {
    if (interval.until <= from) continue;
    if (interval.from >= end) break;
    if (interval.until === Infinity) return null;
    end += interval.until - Math.max(interval.from, from);
  }
  return end - plain;
}

/**
 * Where a rule's period ends, given its suspensions. Without any it is `due(rule, from, calendar)`.
 * @throws DomainError as `due`, and `bad-suspension`, and `rule-not-suspendable` for a rule counted backwards: its
 *   cut-off moves with the event it is counted from
 */
export function resumePeriod(
  input: { readonly rule: string; readonly from: number; readonly suspensions: readonly Suspension[] },
  calendar: Calendar,
): ResumedPeriod {
  assertInstant(input.from, 'from');
  const rule = getPeriodRule(input.rule);
  if (rule.direction === 'backward') {
    throw new DomainError('rule-not-suspendable', {
      messageZh: `规则「${rule.id}」为倒计期限，随所倒计的时间点移动，不能单独暂停`,
      messageEn: `Rule "${rule.id}" counts backwards; it moves with the event it is counted from and cannot be suspended on its own`,
      details: { rule: rule.id },
    });
  }
  const intervals = merge(input.suspensions);
  let result: Due | null;
  if (rule.unit === 'hour' || rule.unit === 'minute') {
    const extended = suspendedMs(rule, input.from, intervals);
    result = extended === null ? null : instantPeriod(rule, input.from, extended);
  } else {
    result = dayPeriod(rule, input.from, suspendedOf(intervals, roundsUp(rule)), calendar);
  }
  if (result !== null) return result;
  return {
    rule: rule.id,
    from: input.from,
    due: null,
    endsAt: null,
    lastDay: null,
    provisional: false,
    bounds: null,
    trace: [],
    ...cited(rule),
  };
}

export interface MovedDeadline {
  /** The deadline in force, epoch ms; `null` while a suspension is open. */
  readonly at: number | null;
  /** By how much it moved (ms). */
  readonly movedMs: number;
  /** A day beyond the calendar's horizon was used. */
  readonly provisional: boolean;
}

/**
 * An absolute deadline (投标截止) whose clock was suspended: postponed by the suspended time, and from there to the first
 * workday's same time of day as it had, which is where people expect it. Never earlier than the exact remainder. A
 * suspension that begins after the deadline has passed does not revive it.
 * @throws DomainError `bad-suspension`, `bad-instant`, `calendar-year-not-loaded`
 */
export function remainingAfter(
  input: { readonly deadline: number; readonly suspensions: readonly Suspension[] },
  calendar: Calendar,
): MovedDeadline {
  assertInstant(input.deadline, 'deadline');
  let exact = input.deadline;
  for (const interval of merge(input.suspensions)) {
    if (interval.from >= exact) break;
    if (interval.until === Infinity) return { at: null, movedMs: exact - input.deadline, provisional: false };
    exact += interval.until - interval.from;
  }
  if (exact === input.deadline) return { at: exact, movedMs: 0, provisional: false };
  const { at, provisional } = postponed(input.deadline, exact, calendar);
  return { at, movedMs: at - input.deadline, provisional };
}
