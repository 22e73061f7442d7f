import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  civilDayOf,
  DAY_MS,
  formatInstant,
  HOUR_MS,
  parseDate,
  parseInstant,
  startOfDay,
  timeOfDay,
} from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { due } from '../../domain/law/due.ts';
import { remainingAfter, resumePeriod, type Suspension } from '../../domain/pauses.ts';

const at = (text: string): number => parseInstant(`${text}:00+08:00`);
const pause = (from: string, until: string | null): Suspension => ({
  from: at(from),
  until: until === null ? null : at(until),
});

const RULES = [
  'works-candidate-publicity-min',
  'works-contract-sign',
  'gp-contract-sign',
  'gp-award-decide',
  'gp-notice-period',
  'gp-complaint-decide',
  'gp-abnormal-low-explain',
  'land-first-payment',
];
const rule = fc.constantFrom(...RULES);
const from = fc.integer({ min: startOfDay(parseDate('2024-03-01')), max: startOfDay(parseDate('2026-05-01')) });
const interval = fc
  .tuple(from, fc.integer({ min: -20 * DAY_MS, max: 40 * DAY_MS }), fc.integer({ min: 0, max: 12 * DAY_MS }))
  .map(([start, offset, length]) => ({ start, offset, length }));

/** Suspensions around the event a period runs from. */
function around(start: number, parts: readonly { offset: number; length: number }[]): Suspension[] {
  return parts.map(({ offset, length }) => ({ from: start + offset, until: start + offset + length }));
}

describe('a period with suspensions', () => {
  test('without any is the period itself', () => {
    fc.assert(
      fc.property(rule, from, (id, start) => {
        expect(resumePeriod({ rule: id, from: start, suspensions: [] }, chinaCalendar)).toEqual(
          due(id, start, chinaCalendar),
        );
      }),
    );
  });

  test('never ends earlier than unsuspended, and a further suspension never shortens it', () => {
    fc.assert(
      fc.property(rule, from, fc.array(interval, { maxLength: 3 }), interval, (id, start, parts, extra) => {
        const some = resumePeriod({ rule: id, from: start, suspensions: around(start, parts) }, chinaCalendar);
        const more = resumePeriod(
          { rule: id, from: start, suspensions: around(start, [...parts, extra]) },
          chinaCalendar,
        );
        expect(some.endsAt).toBeGreaterThanOrEqual(due(id, start, chinaCalendar).endsAt);
        expect(more.endsAt).toBeGreaterThanOrEqual(some.endsAt ?? 0);
      }),
    );
  });

  test('split in two that touch, in any order, or told twice, is the same', () => {
    fc.assert(
      fc.property(rule, from, interval, fc.double({ min: 0, max: 1, noNaN: true }), (id, start, part, share) => {
        const [whole] = around(start, [part]) as [{ from: number; until: number }];
        const middle = whole.from + Math.floor(part.length * share);
        const once = resumePeriod({ rule: id, from: start, suspensions: [whole] }, chinaCalendar);
        const halves = [
          { from: middle, until: whole.until },
          { from: whole.from, until: middle },
        ];
        expect(resumePeriod({ rule: id, from: start, suspensions: halves }, chinaCalendar)).toEqual(once);
        expect(resumePeriod({ rule: id, from: start, suspensions: [whole, ...halves] }, chinaCalendar)).toEqual(once);
      }),
    );
  });

  test('never falls due while its clock is suspended', () => {
    fc.assert(
      fc.property(rule, from, interval, (id, start, part) => {
        const suspensions = around(start, [part]);
        const { due: end } = resumePeriod({ rule: id, from: start, suspensions }, chinaCalendar);
        const [only] = suspensions as [{ from: number; until: number }];
        if (id !== 'gp-abnormal-low-explain') expect(only.from <= (end ?? 0) && (end ?? 0) < only.until).toBe(false);
      }),
    );
  });
});

describe('worked by hand', () => {
  test('publicity of three days, suspended by an objection (条例54): days wholly free of it count', () => {
    // Publicity from Mon 2026-03-16; objection Tue 17 10:00, answered Thu 19 15:00. Free days: 20, 21, 22 (Sun) → Mon 23.
    const result = resumePeriod(
      {
        rule: 'works-candidate-publicity-min',
        from: at('2026-03-16T09:00'),
        suspensions: [pause('2026-03-17T10:00', '2026-03-19T15:00')],
      },
      chinaCalendar,
    );
    expect(result.lastDay).toBe('2026-03-23');
    expect(result.trace.filter(({ why }) => why === 'suspended').map(({ day }) => day)).toEqual([
      '2026-03-17',
      '2026-03-18',
      '2026-03-19',
    ]);
  });

  test('a duty of five working days, suspended Tuesday noon to Friday noon: two whole days do not count', () => {
    // Report Mon 2026-03-16; 17 counts, 18 and 19 do not, 20, 23, 24, 25 do.
    const result = resumePeriod(
      {
        rule: 'gp-award-decide',
        from: at('2026-03-16T09:00'),
        suspensions: [pause('2026-03-17T12:00', '2026-03-20T12:00')],
      },
      chinaCalendar,
    );
    expect(result.lastDay).toBe('2026-03-25');
  });

  test('a duty suspended on its last day falls due on the day it is resumed, not before', () => {
    // Award due Mon 2026-03-23; suspended that day at 10:00, resumed Thu 26 at 10:00.
    const result = resumePeriod(
      {
        rule: 'gp-award-decide',
        from: at('2026-03-16T09:00'),
        suspensions: [pause('2026-03-23T10:00', '2026-03-26T10:00')],
      },
      chinaCalendar,
    );
    expect(result.lastDay).toBe('2026-03-26');
  });

  test('thirty minutes suspended for ten end ten minutes later', () => {
    const result = resumePeriod(
      {
        rule: 'gp-abnormal-low-explain',
        from: at('2026-03-16T09:00'),
        suspensions: [pause('2026-03-16T09:05', '2026-03-16T09:15')],
      },
      chinaCalendar,
    );
    expect(formatInstant(result.due ?? 0)).toBe('2026-03-16T09:40:00+08:00');
  });

  test('an open suspension leaves no end; one that begins after the end changes nothing', () => {
    const input = { rule: 'gp-award-decide', from: at('2026-03-16T09:00') };
    const open = resumePeriod({ ...input, suspensions: [pause('2026-03-18T10:00', null)] }, chinaCalendar);
    expect(open).toMatchObject({ endsAt: null, due: null, lastDay: null });
    const after = resumePeriod({ ...input, suspensions: [pause('2026-03-24T00:00', null)] }, chinaCalendar);
    expect(after).toEqual(due(input.rule, input.from, chinaCalendar));
  });

  test('a suspension that ends before it begins, and a backward rule, are refused', () => {
    const input = { rule: 'gp-award-decide', from: at('2026-03-16T09:00') };
    expect(() =>
      resumePeriod({ ...input, suspensions: [pause('2026-03-18T10:00', '2026-03-18T09:00')] }, chinaCalendar),
    ).toThrow(expect.objectContaining({ code: 'bad-suspension' }));
    expect(() => resumePeriod({ ...input, rule: 'works-clarify-tender-docs', suspensions: [] }, chinaCalendar)).toThrow(
      expect.objectContaining({ code: 'rule-not-suspendable' }),
    );
  });
});

describe('a bid deadline that was suspended', () => {
  test('moves on by the time suspended, and off rest days to the same time', () => {
    // Thu 2026-04-02 09:30, suspended for two days from 31 March 10:00: Sat 4 April, off to Mon 6 → Tue 7, 09:30.
    const moved = remainingAfter(
      { deadline: at('2026-04-02T09:30'), suspensions: [pause('2026-03-31T10:00', '2026-04-02T10:00')] },
      chinaCalendar,
    );
    expect(formatInstant(moved.at ?? 0)).toBe('2026-04-07T09:30:00+08:00');
    expect(moved.provisional).toBe(false);
  });

  test.each([
    // Thu 2 April 09:30 and 14 h 9 min 7.2 s are 23:39:07.200; the 3rd at 09:30.
    ['2026-03-31T10:00:00', '2026-04-01T00:09:07.200', '2026-04-03T09:30'],
    // And 2 h 51 min 56.16 s are 12:21:56.160.
    ['2026-03-31T10:00:00', '2026-03-31T12:51:56.160', '2026-04-03T09:30'],
    // A day and no more: the very hour.
    ['2026-03-31T10:00:00', '2026-04-01T10:00:00', '2026-04-03T09:30'],
    // A day and a millisecond: 清明节 is from the 4th to the 6th.
    ['2026-03-31T10:00:00', '2026-04-01T10:00:00.001', '2026-04-07T09:30'],
    ['2026-03-31T10:00:00', '2026-03-31T10:00:00.001', '2026-04-03T09:30'],
  ])('of 2 April 09:30, suspended from %s until %s, comes at its hour on %s', (since, until, lands) => {
    const suspensions = [{ from: parseInstant(`${since}+08:00`), until: parseInstant(`${until}+08:00`) }];
    const moved = remainingAfter({ deadline: at('2026-04-02T09:30'), suspensions }, chinaCalendar);
    expect(formatInstant(moved.at ?? 0)).toBe(`${lands}:00+08:00`);
  });

  test('is never shortened, lands on a workday, and is not revived once passed', () => {
    fc.assert(
      fc.property(from, interval, (start, part) => {
        const deadline = start + 10 * DAY_MS;
        const suspensions = around(start, [part]);
        const [only] = suspensions as [{ from: number; until: number }];
        const { at: moved } = remainingAfter({ deadline, suspensions }, chinaCalendar);
        const lost = only.from < deadline ? only.until - only.from : 0;
        expect(moved).toBeGreaterThanOrEqual(deadline + lost);
        if (lost === 0) expect(moved).toBe(deadline);
        else {
          expect(timeOfDay(moved ?? 0)).toBe(timeOfDay(deadline));
          expect(chinaCalendar.isWorkday(civilDayOf(moved ?? 0))).toBe(true);
        }
      }),
    );
  });

  test('stands open while nobody has resumed it', () => {
    const suspensions = [pause('2026-03-31T10:00', null)];
    expect(remainingAfter({ deadline: at('2026-04-02T09:30'), suspensions }, chinaCalendar).at).toBeNull();
    expect(remainingAfter({ deadline: at('2026-03-30T09:30'), suspensions }, chinaCalendar).at).toBe(
      at('2026-03-30T09:30'),
    );
  });

  test('past the horizon it takes the first day that is surely worked', () => {
    const moved = remainingAfter(
      { deadline: at('2026-12-30T09:00'), suspensions: [pause('2026-12-29T09:00', '2027-01-01T09:00')] },
      chinaCalendar,
    );
    // Sat 2 Jan 2027 may be part of 元旦, Mon 4 Jan is not in its window.
    expect(moved).toEqual({ at: at('2027-01-04T09:00'), movedMs: 5 * DAY_MS, provisional: true });
    expect(moved.movedMs % HOUR_MS).toBe(0);
  });
});
