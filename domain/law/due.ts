import {
  assertInstant,
  civilDayOf,
  DAY_MS,
  endOfDay,
  formatDay,
  HOUR_MS,
  MINUTE_MS,
  startOfDay,
} from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import type { Calendar, Reading } from './calendar.ts';
import {
  dayPeriodEnd,
  lastSureWorkday,
  RUNNING,
  traceEntry,
  workdaysBack,
  type DayPeriod,
  type DayPeriodEnd,
  type Suspended,
  type TraceEntry,
} from './period.ts';
import { rollOf, type RollRule } from './roll.ts';
import type { PeriodUnit, Rule, RuleStatus } from './rule.ts';
import { getRule } from './rulebook.ts';

/** The instant a rule yields, with everything needed to explain it. Instants are epoch ms. */
export interface Due {
  readonly rule: string;
  readonly from: number;
  /** Last instant in time: for day periods 23:59:59.999+08:00 of `lastDay`. Where provisional, the safe bound. */
  readonly due: number;
  /** First instant that is late; equals `due` for hours and minutes, which run to the very instant. */
  readonly endsAt: number;
  /** Civil day of `due`, `YYYY-MM-DD`. */
  readonly lastDay: string;
  /** For day periods counted forward: the Nth day itself, before rolling off a rest day. */
  readonly nthDay?: string;
  /** For a minimum: the earliest lawful instant of the to-event, when all N days have lapsed. */
  readonly earliest?: number;
  /** For a maximum in days: end of the last workday on or before the unrolled last day; warnings use it. */
  readonly actBy?: number;
  /** A day beyond the calendar's horizon mattered; the result may change when its notice is published. */
  readonly provisional: boolean;
  /** Earliest and latest `due` that the holiday rules allow; equal unless provisional. */
  readonly bounds: { readonly earliest: number; readonly latest: number };
  readonly trace: readonly TraceEntry[];
  readonly law: string;
  readonly article: string;
  readonly status: RuleStatus;
}

/** A rule with a period: amount and a unit of time. */
export type PeriodRule = Rule & { readonly amount: number; readonly unit: PeriodUnit };

const PERIOD_UNITS: readonly string[] = ['calendar_day', 'working_day', 'month', 'year', 'hour', 'minute'];

export const hasPeriod = (rule: Rule): rule is PeriodRule =>
  rule.amount !== undefined && rule.unit !== undefined && PERIOD_UNITS.includes(rule.unit);

/**
 * The rule, where it sets a period.
 * @throws DomainError `unknown-rule`, `rule-has-no-period`
 */
export function getPeriodRule(id: string): PeriodRule {
  const rule = getRule(id);
  if (hasPeriod(rule)) return rule;
  throw new DomainError('rule-has-no-period', {
    messageZh: `规则「${rule.id}」（${rule.law} ${rule.article}）没有可计算的期限`,
    messageEn: `Rule "${rule.id}" (${rule.law} ${rule.article}) sets no period that could be calculated`,
    details: { rule: rule.id, law: rule.law, article: rule.article, bound: rule.bound },
  });
}

export function cited(rule: Rule): Pick<Due, 'law' | 'article' | 'status'> {
  return { law: rule.law, article: rule.article, status: rule.status };
}

/** A minimum or fixed period must not end on a rest day, whatever the law says about maxima (民法典 203). */
export function roundsUp(rule: Rule): boolean {
  return rule.bound === 'min' || rule.bound === 'exact';
}

function rollFor(rule: PeriodRule): RollRule {
  const roll = rollOf(rule.law);
  return roundsUp(rule) ? { on: 'rest-day', article: roll.article } : roll;
}

/**
 * Hours and minutes run from the event itself (民法典 201).
 * @rule period-civil-hours
 */
export function instantPeriod(rule: PeriodRule, from: number, extendedMs = 0): Due {
  const at = from + rule.amount * (rule.unit === 'hour' ? HOUR_MS : MINUTE_MS) + extendedMs;
  const end = civilDayOf(at);
  return {
    rule: rule.id,
    from,
    due: at,
    endsAt: at,
    lastDay: formatDay(end),
    ...(rule.bound === 'min' ? { earliest: at } : {}),
    provisional: false,
    bounds: { earliest: at, latest: at },
    trace: [
      traceEntry(civilDayOf(from), false, { why: 'runs from the event itself (民法典201)' }),
      traceEntry(end, true, {
        why: `+${rule.amount} ${rule.unit}${extendedMs > 0 ? ` +${Math.ceil(extendedMs / MINUTE_MS)} minutes suspended` : ''}`,
      }),
    ],
    ...cited(rule),
  };
}

function earliestLawful(end: DayPeriodEnd): number {
  return end.lastDay > end.unrolled ? startOfDay(end.lastDay) : startOfDay(end.lastDay + 1);
}

/**
 * A period counted forward in days, months or years. `null` where an open suspension keeps it from ending.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function dayPeriod(rule: PeriodRule, from: number, suspended: Suspended, calendar: Calendar): Due | null {
  const startDay = civilDayOf(from);
  const period: DayPeriod = {
    startDay,
    amount: rule.amount,
    unit: rule.unit as DayPeriod['unit'],
    roll: rollFor(rule),
    suspended,
  };
  const most = dayPeriodEnd(period, calendar, 'most-work');
  if (most === null) return null;
  const least = most.beyondHorizon ? dayPeriodEnd(period, calendar, 'least-work') : most;
  if (least === null) return null;
  const end = roundsUp(rule) ? least : most;
  const due = endOfDay(end.lastDay);
  const actDay =
    rule.bound === 'max' && rule.amount > 0 ? lastSureWorkday(most.unrolled, startDay, calendar) : undefined;
  return {
    rule: rule.id,
    from,
    due,
    endsAt: due + 1,
    lastDay: formatDay(end.lastDay),
    nthDay: formatDay(end.unrolled),
    ...(rule.bound === 'min' ? { earliest: earliestLawful(end) } : {}),
    ...(rule.bound === 'max' ? { actBy: actDay === undefined ? due : endOfDay(actDay) } : {}),
    provisional: most.beyondHorizon || least.beyondHorizon,
    bounds: { earliest: endOfDay(most.lastDay), latest: endOfDay(least.lastDay) },
    trace: end.trace,
    ...cited(rule),
  };
}

interface CutOff {
  readonly at: number;
  readonly beyondHorizon: boolean;
  readonly trace: TraceEntry[];
}

/**
 * An organiser's cut-off on a rest day moves to the end of the workday before: the law has no rule for it, and this
 * meets the duty on either view. A bidder's right, and a "not earlier than", do not move.
 */
function cutOff(rule: PeriodRule, to: number, calendar: Calendar, reading: Reading): CutOff {
  const startDay = civilDayOf(to);
  if (rule.unit === 'working_day') {
    const back = workdaysBack(startDay, rule.amount, calendar, reading);
    return { at: to - (startDay - back.day) * DAY_MS, beyondHorizon: back.beyondHorizon, trace: back.trace };
  }
  const at = to - rule.amount * DAY_MS;
  let day = civilDayOf(at);
  const trace: TraceEntry[] = [
    traceEntry(startDay, false, { why: 'start-day' }),
    ...Array.from({ length: startDay - day }, (_, index) => traceEntry(startDay - index - 1, true, { n: index + 1 })),
  ];
  if (rule.bound !== 'min') return { at, beyondHorizon: false, trace };
  let beyondHorizon = false;
  for (;;) {
    const status = calendar.status(day, reading);
    if (status.assumed) beyondHorizon = true;
    if (status.works) break;
    const last = trace.pop() as TraceEntry;
    trace.push({ ...last, why: last.why ?? status.why ?? 'rest' });
    day -= 1;
    trace.push(traceEntry(day, false, { why: 'roll: to the workday before' }));
  }
  return { at: day === civilDayOf(at) ? at : endOfDay(day), beyondHorizon, trace };
}

function backwardPeriod(rule: PeriodRule, to: number, calendar: Calendar): Due {
  if (rule.unit !== 'calendar_day' && rule.unit !== 'working_day') {
    throw new DomainError('rule-has-no-period', {
      messageZh: `规则「${rule.id}」的单位（${rule.unit}）不能倒计`,
      messageEn: `Rule "${rule.id}" cannot be calculated backwards in ${rule.unit}`,
      details: { rule: rule.id, unit: rule.unit },
    });
  }
  const most = cutOff(rule, to, calendar, 'most-work');
  const least = most.beyondHorizon ? cutOff(rule, to, calendar, 'least-work') : most;
  // Safe side: the earlier instant for a duty, the later for a "not earlier than"; a right has only one.
  const chosen = rule.bound === 'min' ? least : most;
  return {
    rule: rule.id,
    from: to,
    due: chosen.at,
    endsAt: chosen.at + 1,
    lastDay: formatDay(civilDayOf(chosen.at)),
    provisional: most.beyondHorizon || least.beyondHorizon,
    bounds: { earliest: least.at, latest: most.at },
    trace: chosen.trace,
    ...cited(rule),
  };
}

/**
 * The instant a rule yields from an event (epoch ms). For a backward rule (`15日前`) the event is the one counted from,
 * e.g. the bid deadline.
 * @throws DomainError `bad-instant`, `unknown-rule`, `rule-has-no-period`, `calendar-year-not-loaded`
 */
export function due(ruleId: string, from: number, calendar: Calendar): Due {
  assertInstant(from, 'from');
  const rule = getPeriodRule(ruleId);
  if (rule.direction === 'backward') return backwardPeriod(rule, from, calendar);
  if (rule.unit === 'hour' || rule.unit === 'minute') return instantPeriod(rule, from);
  // Without suspensions a period always ends.
  return dayPeriod(rule, from, RUNNING, calendar) as Due;
}
