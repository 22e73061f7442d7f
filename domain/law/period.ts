import { addMonths, formatDay, isWeekend, weekdayOf, type CivilDay, type Weekday } from '../civil-time.ts';
import type { Calendar, DayStatus, Reading } from './calendar.ts';
import type { RollRule } from './roll.ts';

/** One line of a calculation: why a day counted or not. */
export interface TraceEntry {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly weekday: Weekday;
  readonly counted: boolean;
  /** Its number in the period, where the day counts. */
  readonly n?: number;
  /** `start-day`, `weekend`, `rest: 清明节`, `make-up workday`, `suspended`, `roll: 民法典203` … */
  readonly why?: string;
  /** The day lies beyond the calendar's horizon. */
  readonly assumed?: true;
}

/** Days on which a clock is suspended, and days on which a period may not end. */
export interface Suspended {
  /** The day does not count. */
  skips(day: CivilDay): boolean;
  /** The period may not end on the day. */
  bars(day: CivilDay): boolean;
  /** From this day on the clock is suspended without a known end. */
  readonly openFrom: CivilDay | null;
}

export const RUNNING: Suspended = { skips: () => false, bars: () => false, openFrom: null };

export interface DayPeriod {
  /** The day of the event the period runs from; it never counts. */
  readonly startDay: CivilDay;
  readonly amount: number;
  readonly unit: 'calendar_day' | 'working_day' | 'month' | 'year';
  readonly roll: RollRule;
  readonly suspended: Suspended;
}

export interface DayPeriodEnd {
  /** The Nth day, before rolling. */
  readonly unrolled: CivilDay;
  readonly lastDay: CivilDay;
  /** Whether the calculation used a day beyond the horizon. */
  readonly beyondHorizon: boolean;
  readonly trace: TraceEntry[];
}

/** Longer calculations keep this many lines at either end. */
const TRACE_HALF = 60;

export function traceEntry(
  day: CivilDay,
  counted: boolean,
  rest: Omit<TraceEntry, 'day' | 'weekday' | 'counted'> = {},
) {
  return { day: formatDay(day), weekday: weekdayOf(day), counted, ...rest } satisfies TraceEntry;
}

function reasonOf(status: DayStatus): Pick<TraceEntry, 'why' | 'assumed'> {
  return {
    ...(status.why === undefined ? {} : { why: status.why }),
    ...(status.assumed ? { assumed: true as const } : {}),
  };
}

function shorten(trace: TraceEntry[]): TraceEntry[] {
  if (trace.length <= 2 * TRACE_HALF) return trace;
  const head = trace.slice(0, TRACE_HALF - 1);
  const tail = trace.slice(-TRACE_HALF);
  const gap = trace[TRACE_HALF - 1] as TraceEntry;
  return [
    ...head,
    { day: gap.day, weekday: gap.weekday, counted: false, why: `… ${trace.length - 119} days` },
    ...tail,
  ];
}

/**
 * Working days under one reading. Beyond the horizon `most-work` allows at most one day of a weekend as make-up
 * workday: working both would be seven days on end (全国年节及纪念日放假办法 7).
 */
export function workdayReader(calendar: Calendar, reading: Reading): (day: CivilDay) => DayStatus {
  let workedWeekend: CivilDay | undefined;
  return (day) => {
    const status = calendar.status(day, reading);
    if (!isWeekend(day) || !status.works) return status;
    const sibling = weekdayOf(day) === 'Sat' ? day + 1 : day - 1;
    if (status.assumed) {
      const taken = workedWeekend === sibling || (calendar.isKnown(sibling) && calendar.isWorkday(sibling));
      if (taken) return { works: false, why: 'weekend', assumed: true };
    }
    workedWeekend = day;
    return status;
  };
}

/**
 * The Nth counted day after the start day, and the days between. `null` if an open suspension comes first.
 * @rule period-civil-start
 */
function countDays(period: DayPeriod, calendar: Calendar, reading: Reading): DayPeriodEnd | null {
  const { startDay, amount, unit, suspended } = period;
  const works = workdayReader(calendar, reading);
  const trace: TraceEntry[] = [traceEntry(startDay, false, { why: 'start-day' })];
  let day = startDay;
  let beyondHorizon = false;
  for (let n = 0; n < amount;) {
    day += 1;
    if (suspended.openFrom !== null && day >= suspended.openFrom) return null;
    if (suspended.skips(day)) {
      trace.push(traceEntry(day, false, { why: 'suspended' }));
      continue;
    }
    if (unit === 'calendar_day') {
      n += 1;
      trace.push(traceEntry(day, true, { n }));
      continue;
    }
    const status = works(day);
    if (status.assumed) beyondHorizon = true;
    if (status.works) n += 1;
    trace.push(traceEntry(day, status.works, { ...(status.works ? { n } : {}), ...reasonOf(status) }));
  }
  return { unrolled: day, lastDay: day, beyondHorizon, trace };
}

/**
 * The corresponding day or month end (民法典 202), postponed by the days the clock was suspended.
 * @rule period-civil-month
 */
function addCalendarMonths(period: DayPeriod): DayPeriodEnd | null {
  const { startDay, amount, unit, suspended } = period;
  const corresponding = addMonths(startDay, unit === 'year' ? amount * 12 : amount);
  const sameDate = formatDay(corresponding).slice(8) === formatDay(startDay).slice(8);
  const trace: TraceEntry[] = [
    traceEntry(startDay, false, { why: 'start-day' }),
    traceEntry(corresponding, true, {
      why: `${amount} ${unit}: ${sameDate ? 'corresponding day' : 'month end'} (民法典202)`,
    }),
  ];
  let owed = 0;
  let day = startDay;
  while (day < corresponding || owed > 0) {
    day += 1;
    if (suspended === RUNNING) {
      day = corresponding;
      break;
    }
    if (suspended.openFrom !== null && day >= suspended.openFrom) return null;
    const skipped = suspended.skips(day);
    if (skipped && day <= corresponding) owed += 1;
    if (!skipped && day > corresponding) owed -= 1;
    if (skipped) trace.push(traceEntry(day, false, { why: 'suspended' }));
  }
  if (day > corresponding) trace.push(traceEntry(day, true, { why: 'moved on by the days suspended' }));
  return { unrolled: day, lastDay: day, beyondHorizon: false, trace };
}

/** A year-long period may end where no holidays are known: its date stands, unrolled. */
function cannotRoll(period: DayPeriod, day: CivilDay, calendar: Calendar): boolean {
  return period.unit === 'year' && !calendar.isCovered(day) && formatDay(day) > calendar.horizon.to;
}

/** Moves the end off days on which it may not fall; working-day periods always end on a workday. */
function rollEnd(period: DayPeriod, end: DayPeriodEnd, calendar: Calendar, reading: Reading): DayPeriodEnd | null {
  const { roll, suspended, unit } = period;
  const trace = [...end.trace];
  let { lastDay: day, beyondHorizon } = end;
  let restReason: string | undefined;
  for (;;) {
    if (suspended.openFrom !== null && day >= suspended.openFrom) return null;
    if (cannotRoll(period, day, calendar)) return { ...end, lastDay: day, beyondHorizon: true, trace: shorten(trace) };
    const rests = unit !== 'working_day' || day !== end.unrolled;
    const status = rests ? calendar.status(day, reading) : undefined;
    if (status?.assumed) beyondHorizon = true;
    const onlyDaysOff = roll.on === 'day-off' && unit !== 'working_day';
    const moves = status && (onlyDaysOff ? calendar.isDayOff(day, reading) : !status.works);
    const barred = suspended.bars(day);
    if (day === end.unrolled) {
      const reason = barred ? { why: 'suspended at its end' } : moves && status ? reasonOf(status) : {};
      if (reason.why !== undefined) trace.push({ ...(trace.pop() as TraceEntry), ...reason });
    } else {
      restReason = barred ? 'suspended' : moves ? status?.why : undefined;
      const why = `roll: ${roll.article}${restReason === undefined ? '' : ` (${restReason})`}`;
      trace.push(traceEntry(day, false, { why, ...(status?.assumed ? { assumed: true as const } : {}) }));
    }
    if (!moves && !barred) return { ...end, lastDay: day, beyondHorizon, trace: shorten(trace) };
    day += 1;
  }
}

/**
 * The last day of a forward period counted in days, months or years, under one reading of days not yet announced.
 * `null` where an open suspension keeps it from ending.
 * @throws DomainError `calendar-year-not-loaded`
 */
export function dayPeriodEnd(period: DayPeriod, calendar: Calendar, reading: Reading): DayPeriodEnd | null {
  const counted =
    period.unit === 'month' || period.unit === 'year'
      ? addCalendarMonths(period)
      : countDays(period, calendar, reading);
  if (counted === null) return null;
  // A period of zero days ends with the day of the event, whatever day that is.
  if (period.amount === 0) return counted;
  return rollEnd(period, counted, calendar, reading);
}

/** The Nth working day before a day, which itself does not count, with its calculation. */
export function workdaysBack(
  startDay: CivilDay,
  amount: number,
  calendar: Calendar,
  reading: Reading,
): { day: CivilDay; beyondHorizon: boolean; trace: TraceEntry[] } {
  const works = workdayReader(calendar, reading);
  const trace: TraceEntry[] = [traceEntry(startDay, false, { why: 'start-day' })];
  let day = startDay;
  let beyondHorizon = false;
  for (let n = 0; n < amount;) {
    day -= 1;
    const status = works(day);
    if (status.assumed) beyondHorizon = true;
    if (status.works) n += 1;
    trace.push(traceEntry(day, status.works, { ...(status.works ? { n } : {}), ...reasonOf(status) }));
  }
  return { day, beyondHorizon, trace };
}

/** The last day on or before `day`, not before `notBefore`, that is a workday under every reading. */
export function lastSureWorkday(day: CivilDay, notBefore: CivilDay, calendar: Calendar): CivilDay | undefined {
  for (let at = day; at >= notBefore; at -= 1) {
    if (calendar.isCovered(at) && calendar.status(at, 'least-work').works) return at;
  }
  return undefined;
}
