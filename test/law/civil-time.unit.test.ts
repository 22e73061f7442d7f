import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addMonths,
  civilDayOf,
  dayFromParts,
  formatDay,
  formatInstant,
  parseDate,
  parseInstant,
  parseInstantOrDate,
  partsOfDay,
  startOfDay,
  weekdayOf,
} from '../../domain/civil-time.ts';

const anyDay = fc.integer({ min: parseDate('0001-01-01'), max: parseDate('9999-12-31') });
const anyInstant = fc.integer({ min: startOfDay(parseDate('1900-01-01')), max: startOfDay(parseDate('2200-01-01')) });

describe('civil days', () => {
  test('convert to dates and back', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(dayFromParts(partsOfDay(day))).toBe(day);
        expect(parseDate(formatDay(day))).toBe(day);
      }),
    );
  });

  test('agree with the platform’s own Gregorian calendar', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        expect(formatDay(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
      }),
    );
  });

  test.each([
    ['1970-01-01', 'Thu'],
    ['2024-02-29', 'Thu'],
    ['2026-03-27', 'Fri'],
    ['2026-05-09', 'Sat'],
  ])('%s is a %s', (date, weekday) => {
    expect(weekdayOf(parseDate(date))).toBe(weekday);
  });

  test.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', 6, '2026-09-30'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
  ])('%s and %i months is %s (民法典202)', (from, months, to) => {
    expect(formatDay(addMonths(parseDate(from), months))).toBe(to);
  });
});

describe('instants', () => {
  test('are written in +08:00 and read back', () => {
    fc.assert(
      fc.property(anyInstant, (ms) => {
        const text = formatInstant(ms);
        expect(text.endsWith('+08:00')).toBe(true);
        expect(parseInstant(text)).toBe(ms);
        expect(parseInstant(new Date(ms).toISOString())).toBe(ms);
      }),
    );
  });

  test('show milliseconds only where there are any', () => {
    expect(formatInstant(parseInstant('2026-04-20T01:30:00Z'))).toBe('2026-04-20T09:30:00+08:00');
    expect(formatInstant(parseInstant('2026-04-20T23:59:59.999+08:00'))).toBe('2026-04-20T23:59:59.999+08:00');
    expect(formatInstant(parseInstant('2026-04-20T09:30+08:00'))).toBe('2026-04-20T09:30:00+08:00');
  });

  test('fall on the civil day of UTC+8', () => {
    expect(formatDay(civilDayOf(parseInstant('2026-03-27T15:59:59.999Z')))).toBe('2026-03-27');
    expect(formatDay(civilDayOf(parseInstant('2026-03-27T16:00:00Z')))).toBe('2026-03-28');
  });

  test.each([
    '2026-03-27T09:00:00',
    '2026-03-27T09:00',
    '2026-03-27 09:00:00+08:00',
    '2026-03-27T24:00:00+08:00',
    '2026-03-27T09:60:00+08:00',
    '2026-03-27T09:00:00+15:00',
    '2026-03-27T09:00:00+0800',
    '1774573200000',
    '',
  ])('refuses %j as an instant', (text) => {
    expect(() => parseInstantOrDate(text)).toThrow(expect.objectContaining({ code: 'bad-instant' }));
  });

  test.each(['2026-02-29', '2026-13-01', '2026-00-10', '2026-04-31'])('refuses the date %s', (text) => {
    expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: 'bad-date' }));
    expect(() => parseInstant(`${text}T09:00:00+08:00`)).toThrow(expect.objectContaining({ code: 'bad-date' }));
  });

  test('a bare date means its first instant', () => {
    expect(formatInstant(parseInstantOrDate('2026-03-27'))).toBe('2026-03-27T00:00:00+08:00');
  });
});
