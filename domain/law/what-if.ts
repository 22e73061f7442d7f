import { civilDayOf, formatInstant, HOUR_MS, instantEn, instantZh, startOfDay } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { Calendar } from './calendar.ts';
import { check, checkAlone, type CheckOptions, type Violation } from './check.ts';
import { FACT_OF_MILESTONE, type ProcurementFacts } from './facts.ts';
import type { MilestoneKey } from './milestones.ts';
import { plan, type Plan } from './plan.ts';
import { CLOSING_HOUR } from './timeline.ts';

/** What is fixed in advance, while the notice date is searched for. */
export type FactsBeforeNotice = Omit<ProcurementFacts, 'noticeAt'> & { readonly bidDeadline: number };

/** No period before a bid deadline is nearly this long (days). */
const FARTHEST_DAYS = 400;

/**
 * The timeline of a tender with the latest notice that a bid deadline allows: on the last civil day that breaks no
 * binding rule, at the hour when offices close. Periods count from the day after the notice, so that the hour is
 * custom and the day is law.
 *
 * @throws DomainError `unlawful` where no day allows that deadline, with what forbids it on any day
 * @throws DomainError `procedure-not-supported`, `bad-instant`, `calendar-year-not-loaded`
 */
export function planBackFrom(facts: FactsBeforeNotice, calendar: Calendar, options: CheckOptions = {}): Plan {
  const last = civilDayOf(facts.bidDeadline);
  let violations: readonly Violation[] = [];
  for (let day = last; day >= last - FARTHEST_DAYS; day -= 1) {
    const noticeAt = startOfDay(day) + CLOSING_HOUR * HOUR_MS;
    if (noticeAt >= facts.bidDeadline) continue;
    const drawn = plan({ ...facts, noticeAt }, calendar);
    violations = checkAlone(drawn, { calendar, ...options }).filter(({ severity }) => severity === 'block');
    if (violations.length === 0) return drawn;
  }
  throw new DomainError('unlawful', {
    messageZh: `无论何时公告，投标截止时间 ${instantZh(facts.bidDeadline)} 均不合法：${violations.map(({ messageZh }) => messageZh).join('；')}`,
    messageEn: `No day of notice makes the bid deadline ${instantEn(facts.bidDeadline)} lawful: ${violations.map(({ messageEn }) => messageEn).join('; ')}`,
    details: { field: 'bidDeadline', given: formatInstant(facts.bidDeadline), violations },
  });
}

/** A milestone before and after a change (epoch ms); null: only one of the two timelines has it. */
export interface Moved {
  readonly key: MilestoneKey;
  readonly nameZh: string;
  readonly nameEn: string;
  readonly before: number | null;
  readonly after: number | null;
}

export interface WhatIf {
  readonly before: Plan;
  readonly after: Plan;
  /** Changed milestones, in the order of the timeline. */
  readonly moved: readonly Moved[];
  /** New violations. */
  readonly broken: readonly Violation[];
  /** Violations that disappear. */
  readonly mended: readonly Violation[];
}

/**
 * The effect of moving some milestones on all others. A milestone that can be given in advance moves as a fact; any
 * other moves as if it had happened then.
 */
export function whatIf(
  facts: ProcurementFacts,
  moves: Readonly<Partial<Record<MilestoneKey, number>>>,
  calendar: Calendar,
  options: CheckOptions = {},
): WhatIf {
  let changed: ProcurementFacts = facts;
  for (const [key, at] of Object.entries(moves) as [MilestoneKey, number][]) {
    const field = (FACT_OF_MILESTONE as Partial<Record<MilestoneKey, keyof ProcurementFacts>>)[key];
    changed =
      field === undefined || facts.actual?.[key] !== undefined
        ? { ...changed, actual: { ...changed.actual, [key]: at } }
        : { ...changed, [field]: at };
  }
  const [before, after] = [plan(facts, calendar), plan(changed, calendar)];
  const [was, is] = [check(before, { calendar, ...options }), check(after, { calendar, ...options })];
  return {
    before,
    after,
    moved: movedBetween(before, after),
    broken: without(is, was),
    mended: without(was, is),
  };
}

function movedBetween(before: Plan, after: Plan): Moved[] {
  const old = new Map(before.milestones.map((milestone) => [milestone.key, milestone]));
  const now = new Map(after.milestones.map((milestone) => [milestone.key, milestone]));
  const named = [...after.milestones, ...before.milestones.filter(({ key }) => !now.has(key))];
  return named
    .map(({ key, nameZh, nameEn }) => ({
      key,
      nameZh,
      nameEn,
      before: old.get(key)?.at ?? null,
      after: now.get(key)?.at ?? null,
    }))
    .filter((each) => each.before !== each.after);
}

/** One rule on one field is one finding, whatever instants it has. */
function without(some: readonly Violation[], others: readonly Violation[]): Violation[] {
  const known = new Set(others.map(({ rule, field, severity }) => `${rule} ${field} ${severity}`));
  return some.filter(({ rule, field, severity }) => !known.has(`${rule} ${field} ${severity}`));
}
