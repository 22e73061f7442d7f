import { dayFromParts, formatDay, isWeekend, parseDate, yearOf, type CivilDay } from '../civil-time.ts';
import { DomainError } from '../errors.ts';
import { CHINA_CALENDAR_TABLE } from './calendar-data.ts';
import { createOutlook } from './outlook.ts';
import type { CalendarTable, CalendarYear } from './calendar-table.ts';

export type { CalendarTable, CalendarYear, FestivalKey, StatutoryYear } from './calendar-table.ts';

/**
 * How days without a notice are read: as many of them worked as the holiday rules allow, or as few. Days of a loaded
 * year are the same in both.
 */
export type Reading = 'most-work' | 'least-work';

/** What a day is, for people: `rest: 清明节`, `weekend`, `make-up workday`; absent for an ordinary workday. */
export interface DayStatus {
  readonly works: boolean;
  readonly why?: string;
  /** The day is beyond the horizon: assumed under a reading, not looked up. */
  readonly assumed?: true;
}

export interface Calendar {
  /**
   * First and last day of the consecutive years, inclusive, `YYYY-MM-DD`; every day in between is known. Years imported
   * before them are not part of it.
   */
  readonly horizon: { readonly from: string; readonly to: string };
  /** Last day for which bounds can be given; equals `horizon.to` where nothing is known beyond. */
  readonly outlookTo: string;
  /** Identifies the table; changes when any day in it changes. */
  readonly hash: string;
  readonly table: CalendarTable;
  /** Whether the day lies within the horizon, or is known of a year before it. */
  isKnown(day: CivilDay): boolean;
  /** Whether the workdays in (after, until] can be counted: every day in between is known. */
  isCountable(after: CivilDay, until: CivilDay): boolean;
  /** Whether `status` can answer for the day. */
  isCovered(day: CivilDay): boolean;
  /** @throws DomainError `calendar-year-not-loaded` where the day is not known: nothing is guessed. */
  isWorkday(day: CivilDay): boolean;
  /**
   * What the day is under a reading. Beyond the horizon `most-work` takes every day that may be worked as worked; the
   * caller must take care that at most one day of a weekend is.
   * @throws DomainError `calendar-year-not-loaded` where neither a notice nor statutory days are loaded
   */
  status(day: CivilDay, reading: Reading): DayStatus;
  /** Whether the day is a State-Council day off (not a plain weekend); throws as `status`. */
  isDayOff(day: CivilDay, reading: Reading): boolean;
  /** First workday on or after a day; throws as `isWorkday`. */
  workdayOnOrAfter(day: CivilDay): CivilDay;
  /** Last workday on or before a day; throws as `isWorkday`. */
  workdayOnOrBefore(day: CivilDay): CivilDay;
  /** The nth workday after (n > 0) or before (n < 0) a day, which itself does not count; throws as `isWorkday`. */
  addWorkdays(day: CivilDay, n: number): CivilDay;
  /** Workdays in (after, until]; throws as `isWorkday`. */
  countWorkdays(after: CivilDay, until: CivilDay): number;
}

/** FNV-1a, 64 bit, over UTF-16 code units: an identifier, not a protection. */
function fnv1a(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= BigInt(text.charCodeAt(index));
    hash = (hash * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

function badCalendar(messageZh: string, messageEn: string): DomainError {
  return new DomainError('bad-calendar', { messageZh, messageEn });
}

interface LoadedDays {
  readonly off: ReadonlyMap<CivilDay, string>;
  readonly makeup: ReadonlySet<CivilDay>;
}

/** Later notices win: the notice of a year may extend into the December before it. */
function loadDays(years: readonly CalendarYear[]): LoadedDays {
  const off = new Map<CivilDay, string>();
  const makeup = new Set<CivilDay>();
  for (const { year, off: blocks, makeup: days } of years) {
    for (const block of blocks) {
      const from = parseDate(block.from);
      const to = parseDate(block.to);
      if (from > to) throw badCalendar(`${year} 年「${block.nameZh}」起止颠倒`, `${year}: block ends before it begins`);
      for (let day = from; day <= to; day += 1) {
        off.set(day, block.nameZh);
        makeup.delete(day);
      }
    }
    for (const text of days) {
      const day = parseDate(text);
      if (!isWeekend(day) || off.has(day)) {
        throw badCalendar(
          `调休上班日 ${text} 不是周末或同时放假`,
          `make-up workday ${text} is no weekend day, or is off`,
        );
      }
      makeup.add(day);
    }
  }
  return { off, makeup };
}

/** Known days without a gap, and the workdays among them. */
interface Stretch {
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly workdays: readonly CivilDay[];
  /** The number of workdays before each day of it, and before the day after it. */
  readonly workdaysBefore: readonly number[];
}

/**
 * A calendar over a table of notices.
 * @throws DomainError `bad-calendar`, `bad-date` where the table contradicts itself
 */
export function createCalendar(table: CalendarTable): Calendar {
  const first = table.years[0]?.year;
  const last = table.years.at(-1)?.year;
  if (first === undefined || last === undefined || table.years.some(({ year }, index) => year !== first + index)) {
    throw badCalendar('日历年份必须连续且不为空', 'the years of a calendar must be consecutive and not empty');
  }
  const earlier = new Map((table.earlier ?? []).map((each) => [each.year, each]));
  const { off, makeup } = loadDays([...earlier.values(), ...table.years]);
  const outlook = createOutlook(table.statutory);
  const statutoryYears = new Set(table.statutory.map(({ year }) => year));
  let outlookYear = last;
  while (statutoryYears.has(outlookYear + 1)) outlookYear += 1;

  const fromDay = dayFromParts({ year: first, month: 1, day: 1 });
  const toDay = dayFromParts({ year: last, month: 12, day: 31 });
  const outlookDay = dayFromParts({ year: outlookYear, month: 12, day: 31 });
  const horizon = { from: formatDay(fromDay), to: formatDay(toDay) } as const;

  const inHorizon = (day: CivilDay): boolean => day >= fromDay && day <= toDay;

  /** Of a year before the horizon: listed, or where no arrangement changes anything. */
  function isKnownEarlier(day: CivilDay): boolean {
    const year = earlier.get(yearOf(day));
    if (!year) return false;
    if (!year.partial || off.has(day) || makeup.has(day)) return true;
    return statutoryYears.has(year.year) && !outlook.mayBeOff(day) && !outlook.mayBeMakeup(day);
  }

  const isKnown = (day: CivilDay): boolean =>
    inHorizon(day) || (earlier.size > 0 && day < fromDay && isKnownEarlier(day));
  const isCovered = (day: CivilDay): boolean =>
    day >= fromDay ? day <= outlookDay : isKnown(day) || (earlier.has(yearOf(day)) && statutoryYears.has(yearOf(day)));

  function notLoaded(day: CivilDay): DomainError {
    const inPart = earlier.get(yearOf(day))?.partial === true;
    return new DomainError('calendar-year-not-loaded', {
      messageZh: `${formatDay(day)} 所在年份的放假安排未${inPart ? '全部' : ''}载入；日历范围为 ${horizon.from} 至 ${horizon.to}`,
      messageEn: inPart
        ? `The holiday arrangement of the year of ${formatDay(day)} is loaded in part only; the calendar covers ${horizon.from} to ${horizon.to}`
        : `No holiday arrangement is loaded for the year of ${formatDay(day)}; the calendar covers ${horizon.from} to ${horizon.to}`,
      details: { day: formatDay(day), horizon, outlookTo: formatDay(outlookDay) },
    });
  }

  function knownStatus(day: CivilDay): DayStatus {
    const holiday = off.get(day);
    if (holiday !== undefined) return { works: false, why: `rest: ${holiday}` };
    if (makeup.has(day)) return { works: true, why: 'make-up workday' };
    return isWeekend(day) ? { works: false, why: 'weekend' } : { works: true };
  }

  function readStatus(day: CivilDay, reading: Reading): DayStatus {
    const holiday = outlook.isStatutory(day);
    if (holiday !== undefined) return { works: false, why: `rest: ${holiday}`, assumed: true };
    const most = reading === 'most-work';
    if (isWeekend(day)) {
      if (!outlook.mayBeMakeup(day)) return { works: false, why: 'weekend', assumed: true };
      return most
        ? { works: true, why: 'not announced: possible make-up workday', assumed: true }
        : { works: false, why: 'weekend', assumed: true };
    }
    if (!most && outlook.mayBeOff(day)) return { works: false, why: 'not announced: possible day off', assumed: true };
    return { works: true, why: 'not announced: taken as workday', assumed: true };
  }

  function status(day: CivilDay, reading: Reading): DayStatus {
    if (isKnown(day)) return knownStatus(day);
    if (!isCovered(day)) throw notLoaded(day);
    return readStatus(day, reading);
  }

  function isWorkday(day: CivilDay): boolean {
    if (!isKnown(day)) throw notLoaded(day);
    return knownStatus(day).works;
  }

  const stretches: Stretch[] = [];
  function addStretches(from: CivilDay, to: CivilDay): void {
    for (let day = from; day <= to; day += 1) {
      if (!isKnown(day)) continue;
      const start = day;
      const workdays: CivilDay[] = [];
      const workdaysBefore = [0];
      for (; day <= to && isKnown(day); day += 1) {
        if (knownStatus(day).works) workdays.push(day);
        workdaysBefore.push(workdays.length);
      }
      stretches.push({ from: start, to: day - 1, workdays, workdaysBefore });
    }
  }
  const [firstEarlier] = earlier.keys();
  if (firstEarlier !== undefined) {
    addStretches(dayFromParts({ year: firstEarlier, month: 1, day: 1 }), toDay);
  } else addStretches(fromDay, toDay);

  /** The days around the beginning of a day. @throws DomainError `calendar-year-not-loaded` */
  function stretchAt(day: CivilDay): Stretch {
    const found = stretches.findLast(({ from, to }) => day >= from && day <= to + 1);
    if (found === undefined) throw notLoaded(day > toDay ? toDay + 1 : day);
    return found;
  }

  const before = ({ from, workdaysBefore }: Stretch, day: CivilDay): number => workdaysBefore[day - from] ?? 0;

  function addWorkdays(day: CivilDay, n: number): CivilDay {
    if (n === 0) return day;
    const boundary = n > 0 ? day + 1 : day;
    const stretch = stretchAt(boundary);
    const found = stretch.workdays[before(stretch, boundary) + (n > 0 ? n - 1 : n)];
    if (found === undefined) throw notLoaded(n > 0 ? stretch.to + 1 : stretch.from - 1);
    return found;
  }

  function countWorkdays(after: CivilDay, until: CivilDay): number {
    if (until <= after) return 0;
    const stretch = stretchAt(until + 1);
    if (after + 1 < stretch.from) throw notLoaded(stretch.from - 1);
    return before(stretch, until + 1) - before(stretch, after + 1);
  }

  return {
    horizon,
    outlookTo: formatDay(outlookDay),
    hash: fnv1a(JSON.stringify(table)),
    table,
    isKnown,
    isCountable: (after, until) => until <= after || stretches.some(({ from, to }) => after + 1 >= from && until <= to),
    isCovered,
    isWorkday,
    status,
    isDayOff(day, reading) {
      if (isKnown(day)) return off.has(day);
      if (!isCovered(day)) throw notLoaded(day);
      return reading === 'least-work' ? outlook.mayBeOff(day) : outlook.isStatutory(day) !== undefined;
    },
    workdayOnOrAfter: (day) => (isWorkday(day) ? day : addWorkdays(day, 1)),
    workdayOnOrBefore: (day) => (isWorkday(day) ? day : addWorkdays(day, -1)),
    addWorkdays,
    countWorkdays,
  };
}

/** The calendar of this release: the notices for 2024, 2025 and 2026. */
export const chinaCalendar: Calendar = createCalendar(CHINA_CALENDAR_TABLE);

export default chinaCalendar;
