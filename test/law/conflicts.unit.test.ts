import { describe, expect, test } from 'vitest';
import { formatInstant, parseInstantOrDate as at } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { conflictsOf, RULE_CONFLICTS } from '../../domain/law/conflicts.ts';
import { due } from '../../domain/law/due.ts';
import { milestoneOf, plan } from '../../domain/law/plan.ts';
import { getRule } from '../../domain/law/rulebook.ts';

describe('where two texts differ, what is lawful by both is taken', () => {
  test('each names rules that exist, and is found by any of them', () => {
    for (const conflict of RULE_CONFLICTS) {
      expect(conflict.rules.length).toBeGreaterThan(1);
      for (const id of conflict.rules) {
        expect(getRule(id).id).toBe(id);
        expect(conflictsOf(id)).toContain(conflict);
      }
    }
    expect(conflictsOf('works-bid-prep-min')).toEqual([]);
  });

  test('the written report: from the decision (招标投标法47), where the notice of award (30号令65) comes later', () => {
    expect(conflictsOf('works-written-report-30ling')).toEqual(conflictsOf('works-written-report'));
    const drawn = plan(
      {
        regime: 'tendering',
        procedure: 'open-tender',
        kind: 'works',
        noticeAt: at('2026-03-27'),
        bidDeadline: at('2026-04-20T09:00:00+08:00'),
        actual: { award: at('2026-04-28T10:00:00+08:00'), 'award-notice': at('2026-05-06T10:00:00+08:00') },
      },
      chinaCalendar,
    );
    const report = milestoneOf(drawn, 'written-report');
    // 28 April + 15 = Wed 13 May; 6 May + 15 would be Thu 21 May.
    expect(formatInstant(report?.at ?? 0)).toBe('2026-05-13T23:59:59.999+08:00');
    expect(report?.rules.map(({ id }) => id)).toEqual(['works-written-report', 'works-written-report-30ling']);
  });

  test('the notice period: without the day of publication (87令85), which is longer (87令16)', () => {
    // Published on Tue 17 March: 18, 19, 20, 23, 24.
    expect(due('gp-notice-period', at('2026-03-17T09:00:00+08:00'), chinaCalendar).lastDay).toBe('2026-03-24');
  });

  test('land: half within a month, all within sixty days, and both are earlier than a year', () => {
    const signed = at('2026-03-02T10:00:00+08:00');
    const ends = ['land-first-payment', 'land-full-payment-60d', 'land-full-payment-1y'].map(
      (id) => due(id, signed, chinaCalendar).lastDay,
    );
    // 2 March + 60 = 1 May, off until the 5th; a year later is Tue 2 March 2027.
    expect(ends).toEqual(['2026-04-02', '2026-05-06', '2027-03-02']);
    expect(conflictsOf('land-full-payment-60d')[0]?.rules).toContain('land-first-payment');
  });

  // The articles that differ, as read in November 2026.
  test.each([
    ['gp-rereview-report', '44(1)', 'gp-rereview-after-sign', '64(2)'],
    ['works-reject-unqualified', '51(三)', 'works-may-reject-unqualified', '22'],
    ['works-award-rank1', '55', 'works-next-or-retender', '48(1)'],
    ['works-termination-refund', '31', 'works30-no-termination', '15(4)'],
    ['gp-void-over-budget', '36(1)(三)', 'gp-invalid-over-ceiling', '63(四)'],
    ['gp-void-over-budget', '36(1)(三)', 'gp-void-few', '36(1)(一)'],
    ['wcomp-signature', '7', 'wcomp-nonaccept', '12'],
  ])('%s (%s) differs from %s (%s), and neither is left to guessing', (one, article, other, otherArticle) => {
    expect([getRule(one), getRule(other)]).toMatchObject([
      { article, status: 'VERIFIED' },
      { article: otherArticle, status: 'VERIFIED' },
    ]);
    const [conflict] = conflictsOf(one);
    expect(conflictsOf(other)).toContain(conflict);
    expect(conflict?.takenZh).not.toBe('');
  });
});
