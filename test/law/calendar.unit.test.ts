import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endOfDay, isWeekend, parseDate, startOfDay } from '../../domain/civil-time.ts';
import { DomainError } from '../../domain/errors.ts';
import { CHINA_CALENDAR_TABLE } from '../../domain/law/calendar-data.ts';
import { chinaCalendar, createCalendar } from '../../domain/law/calendar.ts';
import { due } from '../../domain/law/due.ts';
import { RULES } from '../../domain/law/rulebook.ts';

const FIRST = parseDate('2024-01-01');
const LAST = parseDate('2026-12-31');
/** Far enough from either end for forty working days. */
const day = fc.integer({ min: FIRST + 80, max: LAST - 100 });
const instant = day.chain((at) => fc.integer({ min: startOfDay(at), max: endOfDay(at) }));
const count = fc.integer({ min: 1, max: 40 });

describe('working days', () => {
  test('adding is monotone in the day and in the number', () => {
    fc.assert(
      fc.property(day, day, count, (a, b, n) => {
        const [earlier, later] = a <= b ? [a, b] : [b, a];
        expect(chinaCalendar.addWorkdays(earlier, n)).toBeLessThanOrEqual(chinaCalendar.addWorkdays(later, n));
        expect(chinaCalendar.addWorkdays(a, n)).toBeLessThan(chinaCalendar.addWorkdays(a, n + 1));
      }),
    );
  });

  test('counting undoes adding, forwards and backwards', () => {
    fc.assert(
      fc.property(day, count, (from, n) => {
        expect(chinaCalendar.countWorkdays(from, chinaCalendar.addWorkdays(from, n))).toBe(n);
        const back = chinaCalendar.addWorkdays(from, -n);
        expect(chinaCalendar.countWorkdays(back - 1, from - 1)).toBe(n);
      }),
    );
  });

  test('adding in two steps is adding at once', () => {
    fc.assert(
      fc.property(day, count, count, (from, m, n) => {
        const twice = chinaCalendar.addWorkdays(chinaCalendar.addWorkdays(from, m % 20 || 1), n % 20 || 1);
        expect(chinaCalendar.addWorkdays(from, (m % 20 || 1) + (n % 20 || 1))).toBe(twice);
      }),
    );
  });

  test('a workday is Monday to Friday unless off, and a weekend day only where made up', () => {
    fc.assert(
      fc.property(day, (at) => {
        const works = chinaCalendar.isWorkday(at);
        if (chinaCalendar.isDayOff(at, 'most-work')) expect(works).toBe(false);
        else if (!isWeekend(at)) expect(works).toBe(true);
        else expect(chinaCalendar.status(at, 'most-work').why).toBe(works ? 'make-up workday' : 'weekend');
      }),
    );
  });
});

const forward = RULES.filter(
  (rule) =>
    rule.direction !== 'backward' &&
    rule.amount !== undefined &&
    (rule.unit === 'working_day' || rule.unit === 'calendar_day'),
);
const anyForward = fc.constantFrom(...forward);

describe('every forward period of the rulebook', () => {
  test('counts exactly its number of days, and none after its last', () => {
    fc.assert(
      fc.property(anyForward, instant, (rule, from) => {
        const result = due(rule.id, from, chinaCalendar);
        const counted = result.trace.filter((entry) => entry.counted);
        expect(counted).toHaveLength(rule.amount as number);
        expect(result.trace[0]).toMatchObject({ counted: false, why: 'start-day' });
        if (rule.amount !== 0) expect(result.trace.at(-1)?.day).toBe(result.lastDay);
      }),
    );
  });

  test('ends on a workday where it is a minimum or fixed, whatever its law', () => {
    fc.assert(
      fc.property(anyForward, instant, (rule, from) => {
        if (rule.bound === 'max' || rule.amount === 0) return;
        expect(chinaCalendar.isWorkday(parseDate(due(rule.id, from, chinaCalendar).lastDay))).toBe(true);
      }),
    );
  });

  test('leaves at least N whole days, 24 hours each, between a minimum’s event and its earliest instant', () => {
    fc.assert(
      fc.property(anyForward, instant, (rule, from) => {
        const { earliest } = due(rule.id, from, chinaCalendar);
        if (rule.bound !== 'min' || rule.unit !== 'calendar_day') return;
        expect((earliest ?? 0) - from).toBeGreaterThan((rule.amount as number) * 86_400_000);
      }),
    );
  });

  test('warns on a workday no later than the end', () => {
    fc.assert(
      fc.property(anyForward, instant, (rule, from) => {
        const { actBy, due: end } = due(rule.id, from, chinaCalendar);
        if (rule.bound !== 'max') expect(actBy).toBeUndefined();
        else expect(actBy).toBeLessThanOrEqual(end);
      }),
    );
  });

  test('never ends earlier for a later event', () => {
    fc.assert(
      fc.property(anyForward, instant, instant, (rule, a, b) => {
        const [earlier, later] = a <= b ? [a, b] : [b, a];
        expect(due(rule.id, earlier, chinaCalendar).due).toBeLessThanOrEqual(due(rule.id, later, chinaCalendar).due);
      }),
    );
  });
});

test('any rule from any instant answers, or refuses with a code in both languages', () => {
  const anyInstant = fc.integer({ min: startOfDay(parseDate('1990-01-01')), max: startOfDay(parseDate('2060-01-01')) });
  fc.assert(
    fc.property(fc.constantFrom(...RULES), anyInstant, (rule, from) => {
      try {
        const { bounds, due: end, provisional } = due(rule.id, from, chinaCalendar);
        expect(bounds.earliest <= end && end <= bounds.latest).toBe(true);
        if (!provisional) expect(bounds).toEqual({ earliest: end, latest: end });
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        expect(['calendar-year-not-loaded', 'rule-has-no-period']).toContain((error as DomainError).code);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('cut-offs', () => {
  const backward = RULES.filter((rule) => rule.direction === 'backward' && rule.amount !== undefined);

  test('leave N × 24 hours at least, and an organiser’s falls on a workday', () => {
    fc.assert(
      fc.property(fc.constantFrom(...backward), instant, (rule, to) => {
        const result = due(rule.id, to, chinaCalendar);
        expect(to - result.due).toBeGreaterThanOrEqual((rule.amount as number) * 86_400_000);
        if (rule.bound === 'min') expect(chinaCalendar.isWorkday(parseDate(result.lastDay))).toBe(true);
      }),
    );
  });
});

describe('the table', () => {
  test('has a hash that follows its content', () => {
    expect(chinaCalendar.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(createCalendar(CHINA_CALENDAR_TABLE).hash).toBe(chinaCalendar.hash);
    const years = CHINA_CALENDAR_TABLE.years.slice(0, 2);
    expect(createCalendar({ ...CHINA_CALENDAR_TABLE, years }).hash).not.toBe(chinaCalendar.hash);
  });

  test.each([
    ['years with a gap', { years: [CHINA_CALENDAR_TABLE.years[0], CHINA_CALENDAR_TABLE.years[2]], statutory: [] }],
    ['no years', { years: [], statutory: [] }],
    [
      'a make-up day on a weekday',
      { years: [{ year: 2024, rule: '', sourceZh: '', off: [], makeup: ['2024-03-06'] }], statutory: [] },
    ],
    [
      'a block that ends before it begins',
      {
        years: [
          {
            year: 2024,
            rule: '',
            sourceZh: '',
            off: [{ nameZh: '', from: '2024-03-06', to: '2024-03-05' }],
            makeup: [],
          },
        ],
        statutory: [],
      },
    ],
  ])('refuses %s', (_, table) => {
    expect(() => createCalendar(table)).toThrow(expect.objectContaining({ code: 'bad-calendar' }));
  });

  test('a notice may reach back into the December before', () => {
    const calendar = createCalendar({
      years: [
        { year: 2024, rule: '', sourceZh: '', off: [], makeup: [] },
        {
          year: 2025,
          rule: '',
          sourceZh: '',
          off: [{ nameZh: '元旦', from: '2024-12-30', to: '2025-01-01' }],
          makeup: ['2024-12-28'],
        },
      ],
      statutory: [],
    });
    expect(calendar.isWorkday(parseDate('2024-12-30'))).toBe(false);
    expect(calendar.isWorkday(parseDate('2024-12-28'))).toBe(true);
  });
});
