import { describe, expect, test } from 'vitest';
import { parseDate, parseInstantOrDate } from '../../../domain/civil-time.ts';
import { chinaCalendar } from '../../../domain/law/calendar.ts';
import { due } from '../../../domain/law/due.ts';
import { PROCEDURE_DEFINITIONS } from '../../../domain/procedures/index.ts';
import { getRule, ruleInForce, RULES, suggestRules } from '../../../domain/law/rulebook.ts';
import expected from './rulebook-expected.json' with { type: 'json' };

/** Those whose use was read with them. */
const USES_GIVEN = new Set(expected.rows.flatMap(([id, , , , , , , , use]) => (use === null ? [] : [id as string])));

/** The fixture was taken from the texts of the laws, not from the code: an accidental edit of a rule shows here. */
describe('the rulebook', () => {
  test('says what the fixture says, row by row', () => {
    const rows = RULES.map((rule) => [
      rule.id,
      rule.range ?? rule.amount ?? null,
      rule.unit ?? null,
      rule.bound,
      rule.direction ?? null,
      rule.law,
      rule.article,
      rule.status,
      // Where the row does not say what it is for, its kind does.
      ...(USES_GIVEN.has(rule.id) ? [rule.use] : [null]),
    ]);
    const sorted = (list: unknown[][]): unknown[][] => [...list].sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
    expect(sorted(rows)).toEqual(sorted(expected.rows));
  });

  test('has every id once, every time limit of every procedure, and dates that exist', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    expect(RULES.filter(({ kind }) => kind === 'time_limit')).toHaveLength(156);
    for (const { effectiveFrom, effectiveTo, amendedFrom } of RULES) {
      for (const date of [effectiveFrom, effectiveTo, amendedFrom]) if (date !== undefined) parseDate(date);
    }
  });

  test('blocks by no rule whose text was not read, of which 42 are left', () => {
    const recalled = RULES.filter(({ status }) => status === 'RECALLED');
    expect(recalled).toHaveLength(42);
    expect(recalled.filter(({ use }) => use === 'block')).toEqual([]);
    // Its kind is a threshold, which would block.
    expect(getRule('land-deposit')).toMatchObject({ kind: 'threshold', use: 'warn' });
  });

  test('quotes or at least names the article of every verified rule', () => {
    for (const rule of RULES.filter(({ status }) => status === 'VERIFIED')) {
      expect([rule.id, rule.law !== '' && rule.article !== '']).toEqual([rule.id, true]);
    }
  });

  test('answers or refuses for every rule, never by accident', () => {
    const from = parseInstantOrDate('2026-03-27T09:00:00+08:00');
    for (const rule of RULES) {
      const counts =
        rule.amount !== undefined &&
        ['calendar_day', 'working_day', 'month', 'year', 'hour', 'minute'].includes(rule.unit ?? '');
      if (counts) expect(due(rule.id, from, chinaCalendar).rule).toBe(rule.id);
      else {
        expect(() => due(rule.id, from, chinaCalendar)).toThrow(
          expect.objectContaining({ code: 'rule-has-no-period' }),
        );
      }
    }
  });

  test('knows every rule that a procedure names', () => {
    for (const id of PROCEDURE_DEFINITIONS.flatMap(({ rules }) => Object.values(rules) as string[]))
      expect(getRule(id).id).toBe(id);
  });
});

describe('a rule that does not exist', () => {
  test('is refused with the nearest ids', () => {
    expect(() => getRule('works-bid-prep')).toThrow(
      expect.objectContaining({
        code: 'unknown-rule',
        messageZh: expect.stringContaining('works-bid-prep-min') as string,
        details: expect.objectContaining({
          suggestions: expect.arrayContaining(['works-bid-prep-min']) as string[],
        }) as object,
      }),
    );
    expect(suggestRules('gp-archve')[0]).toBe('gp-archive');
    expect(suggestRules('x'.repeat(5000))).toHaveLength(3);
  });
});

describe('effective dates', () => {
  test.each([
    ['gp-abnormal-low-explain', '2026-01-31', false],
    ['gp-abnormal-low-explain', '2026-02-01', true],
    ['cal-2025', '2025-12-31', true],
    ['cal-2025', '2026-01-01', false],
    ['tender-archive-15y', '2025-10-31', false],
    ['tender-archive-15y', '2025-11-01', true],
  ])('%s on %s: %s', (id, date, inForce) => {
    expect(ruleInForce(id, parseInstantOrDate(date))).toBe(inForce);
  });
});
