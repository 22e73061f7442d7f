import { DomainError } from './errors.ts';

/**
 * Civil time of China: UTC+8, no daylight saving since 1991, so that days and instants convert by integer arithmetic.
 * Nothing here reads a clock or a time-zone table.
 */

/** Whole days since 1970-01-01 in UTC+8; an integer that may be negative. */
export type CivilDay = number;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
const OFFSET_MS = 8 * HOUR_MS;

/** Years that dates and instants of a tender may have: whatever is counted from them is still a date. */
export const FIRST_YEAR = 1900;
export const LAST_YEAR = 2199;

/** Instants that `formatInstant` can write with a four-digit year: 0001-01-01 to 9999-12-31 in UTC+8. */
const MIN_INSTANT = -62_135_596_800_000 - OFFSET_MS;
const MAX_INSTANT = 253_402_300_799_999 - OFFSET_MS;

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface DateParts {
  readonly year: number;
  /** 1–12. */
  readonly month: number;
  /** 1–31. */
  readonly day: number;
}

/** Whether it is a whole number of milliseconds in the years 1–9999. */
export const isInstant = (ms: number): boolean => Number.isSafeInteger(ms) && ms >= MIN_INSTANT && ms <= MAX_INSTANT;

/**
 * Refuses anything that is not a whole number of milliseconds in the years 1–9999.
 * @throws DomainError `bad-instant`
 */
export function assertInstant(ms: number, field = 'instant'): void {
  if (isInstant(ms)) return;
  throw new DomainError('bad-instant', {
    messageZh: `${field} 不是有效的时间点：${String(ms)}`,
    messageEn: `${field} is not a valid instant: ${String(ms)}`,
    details: { field, value: String(ms) },
  });
}

/** The civil day an instant (epoch ms) falls on. */
export function civilDayOf(ms: number): CivilDay {
  return Math.floor((ms + OFFSET_MS) / DAY_MS);
}

/** 00:00:00.000+08:00 of a day, epoch ms. */
export function startOfDay(day: CivilDay): number {
  return day * DAY_MS - OFFSET_MS;
}

/** 23:59:59.999+08:00 of a day, epoch ms. */
export function endOfDay(day: CivilDay): number {
  return startOfDay(day + 1) - 1;
}

/** Milliseconds since civil midnight, 0 to 86 399 999. */
export function timeOfDay(ms: number): number {
  return ms - startOfDay(civilDayOf(ms));
}

export function weekdayOf(day: CivilDay): Weekday {
  // 1970-01-01 was a Thursday.
  return WEEKDAYS[(((day + 3) % 7) + 7) % 7] as Weekday;
}

export function isWeekend(day: CivilDay): boolean {
  const weekday = weekdayOf(day);
  return weekday === 'Sat' || weekday === 'Sun';
}

/** Day number of a date of the proleptic Gregorian calendar. */
export function dayFromParts({ year, month, day }: DateParts): CivilDay {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function partsOfDay(day: CivilDay): DateParts {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function yearOf(day: CivilDay): number {
  return partsOfDay(day).year;
}

export function daysInMonth(year: number, month: number): number {
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  return dayFromParts(next) - dayFromParts({ year, month, day: 1 });
}

/** The corresponding day `months` later, or the end of that month where there is none (民法典 202). */
export function addMonths(day: CivilDay, months: number): CivilDay {
  const from = partsOfDay(day);
  const index = from.year * 12 + (from.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  return dayFromParts({ year, month, day: Math.min(from.day, daysInMonth(year, month)) });
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** `2026-03-27`. */
export function formatDay(day: CivilDay): string {
  const { year, month, day: dayOfMonth } = partsOfDay(day);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

/**
 * ISO 8601 in +08:00, with milliseconds only where there are any: `2026-04-20T09:30:00+08:00`,
 * `2026-04-20T23:59:59.999+08:00`.
 */
export function formatInstant(ms: number): string {
  assertInstant(ms);
  const time = timeOfDay(ms);
  const hours = Math.floor(time / HOUR_MS);
  const minutes = Math.floor((time % HOUR_MS) / MINUTE_MS);
  const seconds = Math.floor((time % MINUTE_MS) / SECOND_MS);
  const millis = time % SECOND_MS;
  const clock = `${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}${millis === 0 ? '' : `.${pad(millis, 3)}`}`;
  return `${formatDay(civilDayOf(ms))}T${clock}+08:00`;
}

/** The same of an instant that there may not be. */
export const instantOrNull = (ms: number | null): string | null => (ms === null ? null : formatInstant(ms));

/** For people, to the minute: `2026-04-20 09:00`; the last instant of a day is its 24:00. */
export const formatMinute = (ms: number): string => `${formatDay(civilDayOf(ms))} ${minuteOf(ms)}`;

/** As `formatMinute`, with seconds where there are any, for tables and for lines in both languages. */
export const formatSecond = (ms: number): string => `${formatDay(civilDayOf(ms))} ${clockText(ms)}`;

/** For people to read: `2026年4月20日 09:30`, seconds only where there are any; the last millisecond of a day is its 24:00. */
export function instantZh(ms: number): string {
  const { year, month, day } = partsOfDay(civilDayOf(ms));
  return `${year}年${month}月${day}日 ${clockText(ms)}`;
}

const MONTHS_EN = 'January February March April May June July August September October November December'.split(' ');

/** The same in English: `20 April 2026, 09:30`. */
export function instantEn(ms: number): string {
  const { year, month, day } = partsOfDay(civilDayOf(ms));
  return `${day} ${MONTHS_EN[month - 1] ?? ''} ${year}, ${clockText(ms)}`;
}

function minuteOf(ms: number): string {
  assertInstant(ms);
  const time = timeOfDay(ms);
  if (time === DAY_MS - 1) return '24:00';
  return `${pad(Math.floor(time / HOUR_MS), 2)}:${pad(Math.floor((time % HOUR_MS) / MINUTE_MS), 2)}`;
}

function clockText(ms: number): string {
  const time = timeOfDay(ms);
  const seconds = time === DAY_MS - 1 ? 0 : Math.floor((time % MINUTE_MS) / SECOND_MS);
  return `${minuteOf(ms)}${seconds === 0 ? '' : `:${pad(seconds, 2)}`}`;
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * A civil date `YYYY-MM-DD` that exists.
 * @throws DomainError `bad-date`
 */
export function parseDate(text: string): CivilDay {
  const match = DATE.exec(text);
  const [year, month, day] = match ? match.slice(1).map(Number) : [];
  if (year && month && day && month <= 12 && day <= daysInMonth(year, month)) return dayFromParts({ year, month, day });
  throw new DomainError('bad-date', {
    messageZh: `不是有效日期（应为 YYYY-MM-DD）：「${text}」`,
    messageEn: `Not a valid date (YYYY-MM-DD expected): "${text}"`,
    details: { value: text },
  });
}

function badInstant(text: string, whyZh: string, whyEn: string): DomainError {
  return new DomainError('bad-instant', {
    messageZh: `时间「${text}」无效：${whyZh}`,
    messageEn: `Instant "${text}" refused: ${whyEn}`,
    details: { value: text },
  });
}

/**
 * An ISO 8601 instant with an explicit offset or `Z`, to the millisecond at most; returns epoch ms. A time without
 * offset is refused: which instant it means would be a guess.
 * @throws DomainError `bad-instant`, `bad-date`
 */
export function parseInstant(text: string): number {
  const match = INSTANT.exec(text);
  if (!match) {
    throw badInstant(
      text,
      '应为带时区偏移的 ISO 8601 时间，例如 2026-03-27T09:00:00+08:00',
      'expected ISO 8601 with an offset, such as 2026-03-27T09:00:00+08:00',
    );
  }
  const [, date, hour, minute, second = '0', fraction = '0', zone] = match;
  if (zone === undefined) {
    throw badInstant(text, '缺少时区偏移（如 +08:00 或 Z）', 'it has no offset (such as +08:00 or Z)');
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw badInstant(text, '时、分、秒超出范围', 'hour, minute or second out of range');
  }
  let offsetMs = 0;
  if (zone !== 'Z') {
    const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
    if (hours > 14 || minutes > 59) throw badInstant(text, '时区偏移超出范围', 'offset out of range');
    offsetMs = (zone.startsWith('-') ? -1 : 1) * (hours * HOUR_MS + minutes * MINUTE_MS);
  }
  const ms =
    parseDate(date as string) * DAY_MS +
    Number(hour) * HOUR_MS +
    Number(minute) * MINUTE_MS +
    Number(second) * SECOND_MS +
    Number(fraction.padEnd(3, '0')) -
    offsetMs;
  assertInstant(ms);
  return ms;
}

/** An instant with offset, or a bare date, which means 00:00+08:00 of that day. */
export function parseInstantOrDate(text: string): number {
  return DATE.test(text) ? startOfDay(parseDate(text)) : parseInstant(text);
}
