import { describe, expect, test } from 'vitest';
import { parseInstantOrDate as at } from '../../domain/civil-time.ts';
import { chinaCalendar } from '../../domain/law/calendar.ts';
import { check, type CheckOptions } from '../../domain/law/check.ts';
import type { LotFacts, ProcurementFacts } from '../../domain/law/facts.ts';
import { plan } from '../../domain/law/plan.ts';
import { checkCeiling } from '../../domain/evaluation/check-ceiling.ts';
import { GOVERNMENT_INQUIRY } from '../../domain/procedures/government-inquiry.ts';
import { GOVERNMENT_INVITED_TENDER } from '../../domain/procedures/government-invited-tender.ts';
import { GOVERNMENT_OPEN_TENDER } from '../../domain/procedures/government-open-tender.ts';
import type { Procedure } from '../../domain/procedures/procedure.ts';
import { TENDERING_OPEN_TENDER } from '../../domain/procedures/tendering-open-tender.ts';

const YUAN = 100;
const WORKS: ProcurementFacts = {
  regime: 'tendering',
  procedure: 'open-tender',
  kind: 'works',
  noticeAt: at('2026-03-27'),
  documentsUntil: at('2026-04-03T17:00:00+08:00'),
  bidDeadline: at('2026-04-17T09:00:00+08:00'),
};
const GOODS: ProcurementFacts = {
  ...WORKS,
  regime: 'government',
  kind: 'goods',
  noticeAt: at('2026-03-17'),
  documentsUntil: at('2026-03-24T17:00:00+08:00'),
  bidDeadline: at('2026-04-08T09:30:00+08:00'),
};

function judged(facts: ProcurementFacts, options?: CheckOptions): string[] {
  return check(plan(facts, chinaCalendar), options).map(({ severity, rule, field }) => `${severity} ${rule} ${field}`);
}

describe('dates', () => {
  test('a lawful tender of either regime has nothing against it', () => {
    expect(judged(WORKS)).toEqual([]);
    expect(judged(GOODS)).toEqual([]);
  });

  test('all that is wrong is said at once, with article, value given and earliest lawful value', () => {
    const facts = {
      ...WORKS,
      documentsUntil: at('2026-03-30T17:00:00+08:00'),
      bidDeadline: at('2026-04-10T09:00:00+08:00'),
      openingAt: at('2026-04-10T10:00:00+08:00'),
    };
    expect(check(plan(facts, chinaCalendar))).toEqual([
      expect.objectContaining({
        rule: 'works-doc-sale-min',
        law: '招标投标法实施条例',
        article: '16',
        severity: 'block',
      }),
      expect.objectContaining({
        rule: 'works-bid-prep-min',
        article: '24',
        field: 'bidDeadline',
        given: '2026-04-10T09:00:00+08:00',
        earliestLawful: '2026-04-17T00:00:00+08:00',
      }),
      expect.objectContaining({ rule: 'works-opening-same-time', field: 'openingAt', severity: 'block' }),
    ]);
  });

  test('bids are opened at the very deadline in government procurement too (87令39)', () => {
    const later = { ...GOODS, openingAt: at('2026-04-08T09:31:00+08:00') };
    expect(judged(later)).toEqual(['block gp-opening-same-time openingAt']);
  });

  test('a deadline needs its twenty days whole; documents may close in the afternoon of the last', () => {
    const short = { ...WORKS, bidDeadline: at('2026-04-16T23:59:59.999+08:00') };
    expect(judged(short)).toEqual(['block works-bid-prep-min bidDeadline']);
    expect(judged({ ...WORKS, bidDeadline: at('2026-04-17') })).toEqual([]);
    expect(judged({ ...WORKS, documentsUntil: at('2026-04-01T17:00:00+08:00') })).toEqual([]);
    expect(judged({ ...WORKS, documentsUntil: at('2026-03-31T17:00:00+08:00') })).toEqual([
      'block works-doc-sale-min documentsUntil',
    ]);
  });

  test('a works project that need not be tendered by law is advised, not bound (招标投标法24)', () => {
    const short = { ...WORKS, bidDeadline: at('2026-04-10T09:00:00+08:00'), mandatory: false };
    expect(judged(short)).toEqual(['warn works-bid-prep-min bidDeadline']);
  });

  test('an unverified rule warns, and blocks where the configuration confirms it', () => {
    const late = { ...GOODS, intentionAt: at('2026-03-02') };
    expect(judged(late)).toEqual(['warn gp-intention-30d intentionAt']);
    expect(judged(late, { confirmed: new Set(['gp-intention-30d']) })).toEqual(['block gp-intention-30d intentionAt']);
    expect(judged({ ...GOODS, intentionAt: at('2026-02-10') })).toEqual([]);
  });

  test('contradictions of order are named', () => {
    const facts = { ...WORKS, documentsFrom: at('2026-03-20'), documentsUntil: at('2026-04-18T17:00:00+08:00') };
    expect(judged(facts)).toEqual(['block order documentsFrom', 'block order bidDeadline']);
  });

  test('dates in the past are refused at launch, a notice of today is not', () => {
    expect(judged(WORKS, { now: at('2026-03-27T15:00:00+08:00') })).toEqual([]);
    expect(judged(WORKS, { now: at('2026-04-17T09:00:00+08:00') })).toEqual([
      'block past noticeAt',
      'block past documentsUntil',
      'block past bidDeadline',
    ]);
    const running = { ...WORKS, actual: { notice: WORKS.noticeAt } };
    expect(judged(running, { now: at('2026-04-06') })).toEqual(['block past documentsUntil']);
  });

  test('a deadline on a rest day is warned of, on a worked Saturday it is not', () => {
    expect(judged({ ...WORKS, bidDeadline: at('2026-04-18T09:00:00+08:00') })).toEqual(['warn rest-day bidDeadline']);
    expect(judged({ ...WORKS, bidDeadline: at('2026-05-09T09:00:00+08:00') })).toEqual([]);
  });
});

describe('what came to pass', () => {
  test('a publicity cut short, an award before its end, and a contract too late', () => {
    const facts: ProcurementFacts = {
      ...WORKS,
      actual: {
        'evaluation-report': at('2026-04-17T18:00:00+08:00'),
        'publicity-start': at('2026-04-20T09:00:00+08:00'),
        'publicity-end': at('2026-04-22T18:00:00+08:00'),
        award: at('2026-04-22T12:00:00+08:00'),
        'award-notice': at('2026-04-23T12:00:00+08:00'),
        contract: at('2026-05-26T12:00:00+08:00'),
      },
    };
    expect(judged(facts)).toEqual([
      'block works-candidate-publicity-min actual.publicity-end',
      'block works-candidate-publicity-min actual.award',
      'block works-award-notice-losers actual.award-notice',
      // 23+30 = Sat 23 May, so Mon 25.
      'block works-contract-sign actual.contract',
    ]);
  });

  test('a duty past the horizon is late for certain only after its latest bound', () => {
    const contractAt = (when: string): ProcurementFacts => ({
      ...GOODS,
      noticeAt: at('2026-11-02'),
      documentsUntil: at('2026-11-09T17:00:00+08:00'),
      bidDeadline: at('2026-12-01T09:00:00+08:00'),
      actual: { award: at('2026-12-29T10:00:00+08:00'), 'award-notice': at(when) },
    });
    const announced = (when: string): string[] => judged(contractAt(when)).filter((line) => line.includes('announce'));
    // Two working days from Tue 29 Dec: 30 and 31 are known.
    expect(announced('2026-12-31T20:00:00+08:00')).toEqual([]);
    expect(announced('2027-01-01T08:00:00+08:00')).toEqual(['block gp-award-announce actual.award-notice']);
    // From Thu 31 Dec: Mon 4 Jan at the earliest reading that a Saturday or Sunday is worked, Tue 5 at the latest.
    const later = { ...contractAt('2027-01-05T10:00:00+08:00') };
    const moved = { ...later, actual: { ...later.actual, award: at('2026-12-31T10:00:00+08:00') } };
    expect(judged(moved).filter((line) => line.includes('announce'))).toEqual([
      'warn gp-award-announce actual.award-notice',
    ]);
  });
});

describe('money', () => {
  const lot = (facts: Partial<LotFacts>): LotFacts => ({ no: 1, budgetFen: 10_000_000 * YUAN, ...facts });

  test('a bid bond of two per cent is lawful, a fen more is not (条例26, 政府采购法实施条例33)', () => {
    expect(judged({ ...WORKS, lots: [lot({ bidBondFen: 200_000 * YUAN })] })).toEqual([]);
    expect(judged({ ...WORKS, lots: [lot({ bidBondFen: 200_000 * YUAN + 1 })] })).toEqual([
      'block works-bid-bond-pct lots[0].bidBondFen',
    ]);
    expect(judged({ ...GOODS, lots: [lot({ bidBondFen: 200_000 * YUAN + 1 })] })).toEqual([
      'block gp-bid-bond-pct lots[0].bidBondFen',
    ]);
  });

  test('of construction it is 800 000 yuan at most (30号令37), so are goods in works (27号令27)', () => {
    const large = lot({ budgetFen: 100_000_000 * YUAN, bidBondFen: 800_000 * YUAN + 1 });
    expect(judged({ ...WORKS, lots: [large] })).toEqual(['block works-bid-bond-cap-construction lots[0].bidBondFen']);
    expect(judged({ ...WORKS, kind: 'goods', lots: [large] })).toEqual(['block goods27-bond-cap lots[0].bidBondFen']);
    expect(judged({ ...GOODS, lots: [large] })).toEqual([]);
  });

  test('a performance bond is ten per cent at most (条例58, 政府采购法实施条例48)', () => {
    expect(judged({ ...WORKS, lots: [lot({ performanceBondPermille: 100 })] })).toEqual([]);
    expect(judged({ ...WORKS, lots: [lot({ performanceBondPermille: 101 })] })).toEqual([
      'block works-performance-bond lots[0].performanceBondPermille',
    ]);
    expect(judged({ ...GOODS, lots: [lot({ performanceBondPermille: 101 })] })).toEqual([
      'block gp-performance-bond lots[0].performanceBondPermille',
    ]);
  });

  test.each([-1, 0.5, 2 ** 53, NaN, Infinity])('%d fen is no amount', (fen) => {
    expect(judged({ ...WORKS, budgetFen: fen, lots: [lot({ budgetFen: fen }), lot({ bidBondFen: fen })] })).toEqual([
      'block amount budgetFen',
      'block amount lots[0].budgetFen',
      'block amount lots[1].bidBondFen',
    ]);
  });

  // @rule gp-budget-disclosure
  test('lots are the parts of their project: more is impossible, less leaves something out (政府采购法实施条例30)', () => {
    const of = (facts: ProcurementFacts, budget: number, ...lots: number[]) =>
      judged({
        ...facts,
        budgetFen: budget,
        lots: lots.map((budgetFen, index) => lot({ no: index + 1, budgetFen, bidBondFen: 0 })),
      });
    const all = 3_600_000 * YUAN;
    for (const facts of [WORKS, GOODS]) expect(of(facts, all, all / 3, all / 3, all / 3)).toEqual([]);
    expect(of(WORKS, all, all, 1)).toEqual(['block amount lots']);
    // 预备费, and what is bought otherwise, may be left.
    expect(of(WORKS, all, 1)).toEqual(['warn amount lots']);
    for (const lots of [[1], [12, 12], [all, 1], [all - 1]]) {
      expect(of(GOODS, all, ...lots)).toEqual(['block gp-budget-disclosure lots']);
    }
  });

  test('a budget of nothing: refused where it is published (政府采购法实施条例30), else worth a warning', () => {
    const of = (facts: ProcurementFacts) =>
      judged({ ...facts, budgetFen: 0, lots: [lot({ no: 1, budgetFen: 0, bidBondFen: 0 })] });
    expect(of(WORKS)).toEqual(['warn amount budgetFen', 'warn amount lots[0].budgetFen']);
    const rule = 'block gp-budget-disclosure';
    for (const facts of [GOODS, { ...GOODS, procedure: 'inquiry' as const }]) {
      expect(of(facts)).toEqual(expect.arrayContaining([`${rule} budgetFen`, `${rule} lots[0].budgetFen`]));
    }
    expect(
      judged({
        ...{ ...GOODS, budgetFen: 100 * YUAN },
        lots: [100 * YUAN, 0].map((budgetFen, index) => lot({ no: index + 1, budgetFen, bidBondFen: 0 })),
      }),
    ).toEqual([`${rule} lots[1].budgetFen`]);
  });

  // @rule gp-no-min-price
  test('a ceiling is within the budget (财政部令87号 12), limits each lot, and is one that can be offered', () => {
    const of = (procedure: Procedure, ceilingPriceFen: number, ...lots: number[]) =>
      checkCeiling(procedure, {
        budgetFen: lots.reduce((sum, each) => sum + each, 0),
        lots: lots.map((budgetFen) => ({ budgetFen })),
        particulars: { ceilingPriceFen },
      }).map(({ severity, rule, article, field, limit }) => [severity, rule, article, field, limit]);
    const all = 3_600_000 * YUAN;
    const field = 'particulars.ceilingPriceFen';
    for (const procedure of [GOVERNMENT_OPEN_TENDER, TENDERING_OPEN_TENDER, GOVERNMENT_INQUIRY]) {
      expect(of(procedure, all, all)).toEqual([]);
      expect(of(procedure, 0, all)).toEqual([['block', 'amount', null, field, all]]);
      // The unit price of something that is bought by the piece may be a hundredth of it all; a slip of unit is, too.
      for (const slip of [1, all / 100])
        expect(of(procedure, slip, all)).toContainEqual(expect.arrayContaining(['warn', field, all]));
      expect(of(procedure, all / 100 + 1, all)).toEqual([]);
      expect(of(procedure, all, all, all / 2)).toContainEqual(
        expect.arrayContaining(['warn', 'lots[1].budgetFen', all]),
      );
    }
    for (const more of [[all], [all / 3, all / 3, all / 3]]) {
      expect(of(GOVERNMENT_OPEN_TENDER, all + 1, ...more)).toEqual([['block', 'gp-no-min-price', '12', field, all]]);
      expect(of(GOVERNMENT_INVITED_TENDER, all + 1, ...more)).toEqual([['block', 'gp-no-min-price', '12', field, all]]);
      // 招标投标法实施条例 27 has no such words, and 74令 none of a ceiling.
      expect(of(TENDERING_OPEN_TENDER, all + 1, ...more)).toEqual([['warn', 'amount', null, field, all]]);
      expect(of(GOVERNMENT_INQUIRY, all + 1, ...more)).toEqual([['warn', 'amount', null, field, all]]);
    }
  });

  test('a bid validity too short for publicity and contract is warned of (12号令40)', () => {
    expect(judged({ ...WORKS, bidValidityDays: 30 })).toEqual(['warn works-eval-in-bid-validity bidValidityDays']);
    expect(judged({ ...WORKS, bidValidityDays: 90 })).toEqual([]);
    // Of a government tender it runs from the deadline (87令23).
    expect(judged({ ...GOODS, bidValidityDays: 5 })).toEqual(['warn gp-bid-validity-start bidValidityDays']);
    expect(judged({ ...WORKS, bidValidityDays: 0 })).toEqual(['block bid-validity bidValidityDays']);
  });
});
