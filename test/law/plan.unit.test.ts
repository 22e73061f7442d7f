import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatInstant, parseDate, parseInstantOrDate as at, startOfDay } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { blocks, check } from '../../domain/law/check.ts';
import type { ProcurementFacts } from '../../domain/law/facts.ts';
import { MILESTONES, type MilestoneKey } from '../../domain/law/milestones.ts';
import { milestoneOf, plan } from '../../domain/law/plan.ts';

const WORKS: ProcurementFacts = {
  regime: 'tendering',
  procedure: 'open-tender',
  kind: 'works',
  noticeAt: at('2026-03-27'),
  documentsFrom: at('2026-03-30'),
  documentsUntil: at('2026-04-07T17:00:00+08:00'),
  bidDeadline: at('2026-04-20T09:00:00+08:00'),
};
const GOODS: ProcurementFacts = {
  regime: 'government',
  procedure: 'open-tender',
  kind: 'goods',
  noticeAt: at('2026-03-17'),
  documentsFrom: at('2026-03-18'),
  documentsUntil: at('2026-03-25T17:00:00+08:00'),
  bidDeadline: at('2026-04-08T09:30:00+08:00'),
};

function timelineOf(facts: ProcurementFacts): Partial<Record<MilestoneKey, string>> {
  return Object.fromEntries(plan(facts, chinaCalendar).milestones.map(({ key, at: ms }) => [key, formatInstant(ms)]));
}

const endOf = (date: string): string => `${date}T23:59:59.999+08:00`;

describe('a works tender on its legal timeline, reckoned by hand', () => {
  test('from notice to archive (招标投标法, 条例)', () => {
    expect(timelineOf(WORKS)).toEqual({
      notice: '2026-03-27T00:00:00+08:00',
      'documents-from': '2026-03-30T00:00:00+08:00',
      'documents-until': '2026-04-07T17:00:00+08:00',
      'objection-documents-end': '2026-04-10T09:00:00+08:00', // 10 × 24 h
      'amendment-latest': endOf('2026-04-03'), // 15 × 24 h is 5 April, off: Friday before
      'bid-deadline': '2026-04-20T09:00:00+08:00',
      opening: '2026-04-20T09:00:00+08:00',
      committee: '2026-04-20T09:00:00+08:00',
      'evaluation-report': endOf('2026-04-20'),
      'publicity-start': endOf('2026-04-23'), // 20+3
      'publicity-end': endOf('2026-04-27'), // 23+3 = Sun 26, so Mon 27
      award: '2026-04-28T00:00:00+08:00',
      'award-notice': '2026-04-28T00:00:00+08:00',
      contract: endOf('2026-05-28'), // 28+30
      'written-report': endOf('2026-05-13'), // 28+15
      'deposits-losers': endOf('2026-06-02'), // 28+5
      'deposits-winner': endOf('2026-06-02'),
      'archive-until': endOf('2041-05-28'),
    });
  });

  test('what came to pass replaces what was planned, and what follows runs from it', () => {
    const timeline = timelineOf({
      ...WORKS,
      actual: {
        'evaluation-report': at('2026-04-21T16:00:00+08:00'),
        'publicity-start': at('2026-04-22T10:00:00+08:00'),
        'publicity-end': at('2026-04-27T18:00:00+08:00'),
      },
    });
    expect(timeline['publicity-end']).toBe('2026-04-27T18:00:00+08:00');
    expect(timeline.award).toBe('2026-04-27T18:00:00+08:00');
    expect(timeline.contract).toBe(endOf('2026-05-27'));
  });

  test('the written report is due by the earlier of two texts, and both are named (招标投标法47, 30号令65)', () => {
    const report = milestoneOf(plan(WORKS, chinaCalendar), 'written-report');
    expect(report?.rules.map(({ id }) => id)).toEqual(['works-written-report', 'works-written-report-30ling']);
  });
});

describe('a government procurement on its legal timeline, reckoned by hand', () => {
  test('from intention to archive (政府采购法, 条例, 87令, 94令)', () => {
    expect(timelineOf(GOODS)).toEqual({
      intention: endOf('2026-02-14'), // 30 × 24 h is 15 Feb, off: the worked Saturday before
      notice: '2026-03-17T00:00:00+08:00',
      'notice-end': endOf('2026-03-24'),
      'documents-from': '2026-03-18T00:00:00+08:00',
      'documents-until': '2026-03-25T17:00:00+08:00',
      'objection-documents-end': endOf('2026-04-03'), // from 25 March: 26, 27, 30, 31, 1, 2, 3
      'amendment-latest': '2026-03-24T09:30:00+08:00',
      'bid-deadline': '2026-04-08T09:30:00+08:00',
      opening: '2026-04-08T09:30:00+08:00',
      committee: '2026-04-08T09:30:00+08:00',
      'evaluation-report': endOf('2026-04-10'),
      award: endOf('2026-04-17'),
      'award-notice': endOf('2026-04-21'),
      'award-notice-end': endOf('2026-04-22'),
      'query-result-end': endOf('2026-05-06'), // 23, 24, 27, 28, 29, 30, off 1–5, 6
      contract: endOf('2026-05-21'), // 21+30
      'contract-publication': endOf('2026-05-25'), // 22, Mon 25
      'contract-filing': endOf('2026-06-01'), // 22, 25–29, Mon 1
      'deposits-losers': endOf('2026-04-28'), // 22, 23, 24, 27, 28
      'deposits-winner': endOf('2026-05-28'), // 22, 25, 26, 27, 28
      'archive-until': endOf('2041-05-21'),
    });
  });

  test('a silent purchaser is told what will be deemed, and when (87令68)', () => {
    const award = milestoneOf(plan(GOODS, chinaCalendar), 'award');
    expect(award?.ifNobodyActs?.zh).toContain('视同确定排名第一的中标候选人为中标人');
    expect(formatInstant(award?.latest ?? 0)).toBe(endOf('2026-04-17'));
  });
});

describe('what is missing is proposed', () => {
  const notice = fc.integer({ min: startOfDay(parseDate('2024-03-01')), max: startOfDay(parseDate('2026-10-31')) });
  const regime = fc.constantFrom('tendering' as const, 'government' as const);

  test('lawfully, at an hour when offices are open, and in the order of the milestones', () => {
    fc.assert(
      fc.property(regime, notice, (which, noticeAt) => {
        const facts = { regime: which, procedure: 'open-tender', kind: 'goods', noticeAt } as const;
        const drawn = plan(facts, chinaCalendar);
        const proposed = Object.fromEntries(drawn.milestones.map(({ key, at: ms }) => [key, ms]));
        // Given back as facts, the proposal breaks nothing.
        const violations = check(
          plan(
            {
              ...facts,
              documentsUntil: proposed['documents-until'] as number,
              bidDeadline: proposed['bid-deadline'] as number,
              openingAt: proposed.opening as number,
              ...(proposed.intention === undefined ? {} : { intentionAt: proposed.intention }),
            },
            chinaCalendar,
          ),
          { now: noticeAt },
        );
        expect(violations).toEqual([]);
        expect(formatInstant(proposed['bid-deadline'] as number)).toContain('T09:00:00+08:00');
        expect(formatInstant(proposed['documents-until'] as number)).toContain('T17:00:00+08:00');
        const keys = drawn.milestones.map(({ key }) => MILESTONES.indexOf(key));
        expect(keys).toEqual([...keys].sort((a, b) => a - b));
      }),
    );
  });

  test('a timeline run as projected breaks no rule that binds', () => {
    fc.assert(
      fc.property(regime, notice, (which, noticeAt) => {
        const facts = { regime: which, procedure: 'open-tender', kind: 'works', noticeAt } as const;
        const drawn = plan(facts, chinaCalendar);
        const actual = Object.fromEntries(drawn.milestones.map(({ key, at: ms }) => [key, ms]));
        expect(blocks(check(plan({ ...facts, actual }, chinaCalendar)))).toBe(false);
      }),
    );
  });

  test('past the horizon what is projected is marked provisional', () => {
    const drawn = plan(
      { regime: 'government', procedure: 'open-tender', kind: 'goods', noticeAt: at('2026-11-25') },
      chinaCalendar,
    );
    expect(milestoneOf(drawn, 'bid-deadline')?.provisional).toBe(false);
    expect(milestoneOf(drawn, 'query-result-end')).toMatchObject({
      provisional: true,
      bounds: expect.anything() as unknown,
    });
    expect(drawn.calendarHash).toBe(chinaCalendar.hash);
  });
});

describe('what cannot be planned is refused', () => {
  test.each([
    ['land', 'listing'],
    ['state-assets', 'auction'],
    ['government', 'negotiation'],
    ['tendering', 'negotiation'],
  ] as const)('%s / %s', (regime, procedure) => {
    expect(() => plan({ regime, procedure, kind: 'goods', noticeAt: at('2026-03-17') }, chinaCalendar)).toThrow(
      expect.objectContaining({ code: 'procedure-not-supported' }),
    );
  });

  test.each([NaN, 1.5, Infinity])('an instant of %d', (noticeAt) => {
    expect(() => plan({ ...WORKS, noticeAt }, chinaCalendar)).toThrow(expect.objectContaining({ code: 'bad-instant' }));
  });
});
