import { describe, expect, test } from 'vitest';
import { civilDayOf, endOfDay, formatDay, HOUR_MS, parseDate, startOfDay, yearOf } from '../../domain/civil-time.ts';
import { CHINA_CALENDAR_TABLE } from '../../domain/law/calendar-data.ts';
import { chinaCalendar, createCalendar, type Calendar, type Reading } from '../../domain/law/calendar.ts';
import { due } from '../../domain/law/due.ts';
import { dayPeriodEnd, RUNNING, workdaysBack, type DayPeriod } from '../../domain/law/period.ts';

/**
 * What is said of a year before its notice is out must hold when it comes out. Each known year is forgotten in turn
 * (with all after it), and every period in it is reckoned as if its notice were unknown.
 */
const EMPTY_2023 = { year: 2023, rule: 'cal-2024', sourceZh: '', off: [], makeup: [] };

function forgettingFrom(year: number): Calendar {
  const known = CHINA_CALENDAR_TABLE.years.filter((each) => each.year < year);
  return createCalendar({
    years: known.length === 0 ? [EMPTY_2023] : known,
    statutory: CHINA_CALENDAR_TABLE.statutory,
  });
}

const FORGOTTEN = [2024, 2025, 2026].map((year) => ({ year, calendar: forgettingFrom(year) }));
const LAST_KNOWN = parseDate('2026-12-31');
const AMOUNTS = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40];

function endUnder(period: DayPeriod, calendar: Calendar, reading: Reading): number {
  return dayPeriodEnd(period, calendar, reading)?.lastDay ?? NaN;
}

/** Days from a fortnight before the forgotten year, so that periods cross its edge, to the end of the table. */
function startsAround(year: number): number[] {
  const from = year === 2024 ? parseDate('2024-01-01') : parseDate(`${year}-01-01`) - 14;
  return Array.from({ length: LAST_KNOWN - from }, (_, index) => from + index);
}

describe.each(FORGOTTEN)('with the notices from $year on unknown', ({ year, calendar }) => {
  test.each([
    ['working_day', 'rest-day'],
    ['calendar_day', 'rest-day'],
    ['calendar_day', 'day-off'],
  ] as const)('bounds of every %s period rolling on a %s contain what came true', (unit, on) => {
    const failures: string[] = [];
    for (const startDay of startsAround(year)) {
      for (const amount of AMOUNTS) {
        const period: DayPeriod = { startDay, amount, unit, roll: { on, article: '' }, suspended: RUNNING };
        // The roll or the count may leave the table that is known today.
        if (startDay + amount * 2 + 15 > LAST_KNOWN) continue;
        const truth = endUnder(period, chinaCalendar, 'most-work');
        const earliest = endUnder(period, calendar, 'most-work');
        const latest = endUnder(period, calendar, 'least-work');
        if (!(earliest <= truth && truth <= latest)) {
          failures.push(
            `${formatDay(startDay)}+${amount}: ${formatDay(earliest)} ≤ ${formatDay(truth)} ≤ ${formatDay(latest)}`,
          );
        }
      }
    }
    expect(failures).toEqual([]);
  });

  test('bounds of every count of working days backwards contain what came true', () => {
    const failures: string[] = [];
    for (const startDay of startsAround(year)) {
      for (const amount of AMOUNTS) {
        if (startDay - amount * 2 - 15 < parseDate('2024-01-01')) continue;
        const truth = workdaysBack(startDay, amount, chinaCalendar, 'most-work').day;
        const latest = workdaysBack(startDay, amount, calendar, 'most-work').day;
        const earliest = workdaysBack(startDay, amount, calendar, 'least-work').day;
        if (!(earliest <= truth && truth <= latest)) failures.push(`${formatDay(startDay)}−${amount}`);
      }
    }
    expect(failures).toEqual([]);
  });

  test.each([
    'works-bid-prep-min',
    'works-contract-sign',
    'gp-contract-sign',
    'gp-award-decide',
    'gp-doc-provide-min',
    'gp-complaint-decide',
    'works-clarify-tender-docs',
    'neg-clarify',
    'gp-expert-draw-window',
    'violation-record-duration',
  ])('bounds and prudence of %s', (rule) => {
    for (const day of startsAround(year)) {
      const from = startOfDay(day) + 9 * HOUR_MS;
      if (day + 200 > LAST_KNOWN || day - 30 < parseDate('2024-01-01')) continue;
      const truth = due(rule, from, chinaCalendar);
      const forecast = due(rule, from, calendar);
      expect(truth.provisional).toBe(false);
      expect(forecast.bounds.earliest).toBeLessThanOrEqual(truth.due);
      expect(forecast.bounds.latest).toBeGreaterThanOrEqual(truth.due);
      // A minimum is checked against the latest, a duty is warned of by the earliest.
      if (truth.earliest !== undefined) expect(forecast.earliest).toBeGreaterThanOrEqual(truth.earliest);
      if (truth.actBy !== undefined) expect(forecast.due).toBeLessThanOrEqual(truth.due);
      if (!forecast.provisional) expect(forecast.due).toBe(truth.due);
    }
  });

  test('no day off lies outside the windows, and no make-up workday outside their reach', () => {
    for (let day = parseDate(`${year}-01-01`); day <= LAST_KNOWN; day += 1) {
      const off = chinaCalendar.isDayOff(day, 'most-work');
      if (off) expect([formatDay(day), calendar.isDayOff(day, 'least-work')]).toEqual([formatDay(day), true]);
      if (chinaCalendar.isWorkday(day)) {
        expect([formatDay(day), calendar.status(day, 'most-work').works]).toEqual([formatDay(day), true]);
      } else {
        expect([formatDay(day), calendar.status(day, 'least-work').works]).toEqual([formatDay(day), false]);
      }
    }
  });
});

describe('past the horizon', () => {
  // @rule cal-2027, cal-general-rule-2025, holiday-adjacent-work
  test('2027 has bounds, marked as provisional, and the trace says what was assumed', () => {
    // From Friday 2027-01-29, outside every window but inside the reach of make-up workdays (28 Jan to 3 Feb).
    const result = due('gp-notice-period', parseDateStart('2027-01-29'), chinaCalendar);
    expect(result.provisional).toBe(true);
    // Most worked: Sat 30 Jan may be worked, then 1, 2, 3, 4 Feb.
    expect(formatDay(civilDayOf(result.bounds.earliest))).toBe('2027-02-04');
    // Fewest worked: 1, 2, 3 Feb; 4 to 13 Feb may all be off, 14 is a Sunday; then 15 and 16.
    expect(formatDay(civilDayOf(result.bounds.latest))).toBe('2027-02-16');
    expect(result.due).toBe(result.bounds.latest);
    expect(result.trace.filter(({ assumed }) => assumed)).not.toHaveLength(0);
    expect(result.trace.filter(({ counted }) => counted)).toHaveLength(5);
  });

  // @rule holiday-statutory
  test('a statutory holiday of 2027 rests whatever the notice will say', () => {
    const newYear = parseDate('2027-01-01');
    for (const reading of ['most-work', 'least-work'] as const) {
      expect(chinaCalendar.status(newYear, reading)).toMatchObject({ works: false, why: 'rest: 元旦', assumed: true });
    }
  });

  test('the calendar itself guesses nothing: isWorkday refuses 2027', () => {
    expect(() => chinaCalendar.isWorkday(parseDate('2027-03-03'))).toThrow(
      expect.objectContaining({ code: 'calendar-year-not-loaded' }),
    );
  });

  test.each([
    ['gp-notice-period', '2028-01-10'],
    ['works-bid-prep-min', '2027-12-30'],
    ['violation-record-duration', '2028-03-01'],
    ['gp-award-decide', '2027-12-31'],
  ])('%s from %s needs 2028 and is refused, naming the horizon', (rule, from) => {
    expect(() => due(rule, parseDateStart(from), chinaCalendar)).toThrow(
      expect.objectContaining({
        code: 'calendar-year-not-loaded',
        messageEn: expect.stringContaining('2024-01-01 to 2026-12-31') as string,
      }),
    );
  });

  test('before 2024 nothing is known either', () => {
    expect(() => due('gp-notice-period', parseDateStart('2023-12-20'), chinaCalendar)).toThrow(
      expect.objectContaining({ code: 'calendar-year-not-loaded' }),
    );
  });

  test('an archive period of 15 years still has a date: unrolled, provisional (政府采购法 42)', () => {
    const result = due('gp-archive', parseDateStart('2026-06-27'), chinaCalendar);
    // 2041-06-27 is a Thursday; nothing is known of it, and nothing is rolled.
    expect(result).toMatchObject({ lastDay: '2041-06-27', provisional: true });
    expect(result.bounds).toEqual({ earliest: result.due, latest: result.due });
    expect(result.due).toBe(endOfDay(parseDate('2041-06-27')));
  });
});

function parseDateStart(text: string): number {
  return startOfDay(parseDate(text));
}

describe('the notices themselves', () => {
  // 251, 248 and 248: the sums published with the notices' reprints.
  test.each([
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('%i has %i workdays', (year, count) => {
    const before = parseDate(`${year}-01-01`) - 1;
    const from = year === 2024 ? before + 1 : before;
    // 2024-01-01 is a holiday: counting from it loses no workday.
    expect(chinaCalendar.countWorkdays(from, parseDate(`${year}-12-31`))).toBe(count);
  });

  test('every make-up workday lies within seven days of a block of days off (放假办法 7)', () => {
    for (const { off, makeup } of CHINA_CALENDAR_TABLE.years) {
      for (const text of makeup) {
        const day = parseDate(text);
        const near = off.some(({ from, to }) => day >= parseDate(from) - 7 && day <= parseDate(to) + 7);
        expect([text, near]).toEqual([text, true]);
      }
    }
  });

  test('no weekend has two make-up workdays (放假办法 7: six days on end at most)', () => {
    const days = CHINA_CALENDAR_TABLE.years.flatMap(({ makeup }) => makeup.map(parseDate));
    for (const day of days) expect(days).not.toContain(day + 1);
  });

  test('statutory days are off in their year’s notice', () => {
    for (const { year, festivals } of CHINA_CALENDAR_TABLE.statutory) {
      if (!chinaCalendar.isKnown(parseDate(`${year}-01-01`))) continue;
      for (const text of festivals.flatMap(({ days }) => [...days])) {
        expect([text, chinaCalendar.isDayOff(parseDate(text), 'most-work')]).toEqual([text, true]);
        expect(yearOf(parseDate(text))).toBe(year);
      }
    }
  });
});
